import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configTable, envExample } from './config-docs.js';
import { ConfigError, readConfig } from './config.js';
import { VERSION } from './version.js';

const root = join(import.meta.dirname, '../../../..');

function mistakesOf(env: Record<string, string>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

it('The version that the service tells is that of its package', () => {
  expect(VERSION).toBe((JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version);
});

describe('The configuration', () => {
  it('works with nothing set', () => {
    const config = readConfig({});
    expect(config.port).toBe(3000);
    expect(config.publicUrl).toBe('http://localhost:3000');
    expect(config.gitProviders).toEqual([]);
    expect(config.jiraCloud).toBeNull();
  });

  it('reports every mistake in one message', () => {
    const mistakes = mistakesOf({ PORT: 'eighty', PUBLIC_URL: 'openhands.example.com', ADMIN_API_TOKEN: 'short', GITHUB_CLIENT_ID: 'id', DATABASE_URL: 'postgres://db/x' });
    expect(mistakes).toHaveLength(5);
    expect(mistakes.join('\n')).toMatch(/PORT[^]*PUBLIC_URL[^]*ADMIN_API_TOKEN[^]*GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET[^]*ENCRYPTION_KEYS/);
  });

  it.each([
    ['PORT', '0'], ['PORT', '70000'], ['PROCESS_ROLE', 'both'], ['ADMIN_EMAILS', 'ada'], ['TRIGGER_MENTION', 'openhands'], ['TRIGGER_MENTION', '@x'],
    ['TRIGGER_LABEL', 'open hands'], ['ENCRYPTION_KEYS', 'k1:short'], ['OPENHANDS_URL', 'app.all-hands.dev'], ['JOBS_MAX_RUNNING', '1.5'], ['LOG_LEVEL', 'loud'],
    ['JIRA_DC_BASE_URL', 'jira.example.com'], ['JIRA_DC_BASE_URL', 'http://jira.example.com'], ['JIRA_DC_BASE_URL', 'https://bot:pw@jira.example.com'], ['JIRA_DC_BASE_URL', 'https://169.254.169.254'], ['DATABASE_URL', 'mysql://db'],
  ])('refuses %s=%s with a sentence that names the key', (key, value) => {
    expect(mistakesOf({ [key]: value })[0]).toMatch(new RegExp(`^${key} .*\\.`));
  });

  it('refuses two git providers with one host name, because repositories are found by host', () => {
    const pair = { GITHUB_CLIENT_ID: 'a', GITHUB_CLIENT_SECRET: 'b', GITHUB_URL: 'http://git.example.com:1', GITLAB_CLIENT_ID: 'a', GITLAB_CLIENT_SECRET: 'b', GITLAB_URL: 'http://git.example.com:2' };
    expect(mistakesOf(pair)).toEqual([expect.stringContaining('GitHub and GitLab have the same host, git.example.com')]);
  });

  it('never repeats a secret in a mistake', () => {
    expect(mistakesOf({ ADMIN_API_TOKEN: 'hunter2', ENCRYPTION_KEYS: 'k1:hunter2' }).join()).not.toContain('hunter2');
  });

  it('counts an empty value as not set', () => {
    expect(readConfig({ PORT: '', GITHUB_CLIENT_ID: '', GITHUB_CLIENT_SECRET: '' }).port).toBe(3000);
  });

  it('keeps context paths and drops a final slash of addresses', () => {
    const config = readConfig({ BITBUCKET_DC_URL: 'https://git.example.com/bitbucket/', BITBUCKET_DC_CLIENT_ID: 'a', BITBUCKET_DC_CLIENT_SECRET: 'b' });
    expect(config.gitProviders[0]).toMatchObject({ url: 'https://git.example.com/bitbucket', apiUrl: 'https://git.example.com/bitbucket/rest/api/1.0', host: 'git.example.com' });
  });

  it.each([['.env.example', envExample], ['docs/guides/configuration.md', configTable]])('is documented in %s as the schema says', (file, expected) => {
    expect(readFileSync(join(root, file), 'utf8')).toBe(expected());
  });
});
