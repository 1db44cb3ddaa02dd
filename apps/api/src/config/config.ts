/**
 * The configuration of this process, read once at start. All mistakes are reported together, in plain words.
 */
import { DataCenterBaseUrl, type GitProviderId } from '@openhands-jira/contracts';
import { z } from 'zod';
import { serverAddressMistake } from '../http/server-address.js';
import { CONFIG_KEYS, type Environment } from './config.schema.js';

/** A git provider that people can sign in with here. */
export interface GitProviderConfig {
  id: GitProviderId;
  /** Name for people: GitHub, GitLab, Bitbucket, Bitbucket Data Center. */
  name: string;
  /** Host of its repositories, lower case, without port: so repositories are written in issues. */
  host: string;
  url: string;
  apiUrl: string;
  clientId: string;
  clientSecret: string;
  /** GitLab only: whether an address that it calls confirmed was confirmed by its owner. */
  confirmsAddresses?: boolean;
}

/** Where and how traces are sent. */
export interface TracingConfig {
  url: string;
  /** May hold a token of the collector: never logged. */
  headers: Record<string, string>;
  serviceName: string;
  sampler: { name: Environment['OTEL_TRACES_SAMPLER']; ratio: number };
}

/** What the configuration says is wrong: one line per mistake. The process refuses to start with it. */
export class ConfigError extends Error {
  constructor(readonly mistakes: string[]) {
    super(`The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map((m) => `  - ${m}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** The typed configuration. Injected by its class. */
export class AppConfig {
  constructor(readonly env: Environment) {}

  get port(): number { return this.env.PORT; }
  get publicUrl(): string { return this.env.PUBLIC_URL ?? `http://localhost:${this.env.PORT}`; }
  get triggerMention(): string { return this.env.TRIGGER_MENTION; }
  get triggerLabel(): string { return this.env.TRIGGER_LABEL; }
  get runsApi(): boolean { return this.env.PROCESS_ROLE !== 'worker'; }
  get runsWorker(): boolean { return this.env.PROCESS_ROLE !== 'api'; }

  /** True when people reach us by https: cookies are then `Secure`. */
  get secure(): boolean { return this.publicUrl.startsWith('https:'); }

  /** The Atlassian OAuth app, or null when Jira Cloud is not configured. */
  get jiraCloud(): { clientId: string; clientSecret: string; authUrl: string; apiUrl: string; siteUrl: (site: string) => string; siteSuffixes: string[] } | null {
    const { JIRA_CLOUD_CLIENT_ID: clientId, JIRA_CLOUD_CLIENT_SECRET: clientSecret } = this.env;
    if (!clientId || !clientSecret) return null;
    return {
      clientId, clientSecret,
      authUrl: this.env.ATLASSIAN_AUTH_URL,
      apiUrl: this.env.ATLASSIAN_API_URL,
      siteUrl: (site) => this.env.ATLASSIAN_SITE_URL.replace('{site}', site),
      siteSuffixes: this.env.JIRA_CLOUD_SITE_SUFFIXES,
    };
  }

  /** Where traces go, or null when they are switched off. */
  get tracing(): TracingConfig | null {
    const e = this.env;
    if (!e.OTEL_EXPORTER_OTLP_ENDPOINT) return null;
    const sampler = { name: e.OTEL_TRACES_SAMPLER, ratio: e.OTEL_TRACES_SAMPLER_ARG };
    return { url: `${e.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`, headers: e.OTEL_EXPORTER_OTLP_HEADERS, serviceName: e.OTEL_SERVICE_NAME, sampler };
  }

  /** The git providers that are configured completely. */
  get gitProviders(): GitProviderConfig[] {
    const e = this.env;
    const gitLab = provider('gitlab', 'GitLab', e.GITLAB_URL, `${e.GITLAB_URL}/api/v4`, e.GITLAB_CLIENT_ID, e.GITLAB_CLIENT_SECRET);
    const all = [
      provider('github', 'GitHub', e.GITHUB_URL, e.GITHUB_API_URL, e.GITHUB_CLIENT_ID, e.GITHUB_CLIENT_SECRET),
      gitLab && { ...gitLab, confirmsAddresses: e.GITLAB_CONFIRMS_ADDRESSES || new URL(gitLab.url).origin === 'https://gitlab.com' },
      provider('bitbucket', 'Bitbucket', e.BITBUCKET_URL, e.BITBUCKET_API_URL, e.BITBUCKET_CLIENT_ID, e.BITBUCKET_CLIENT_SECRET),
      provider('bitbucket-data-center', 'Bitbucket Data Center', e.BITBUCKET_DC_URL, `${e.BITBUCKET_DC_URL}/rest/api/1.0`, e.BITBUCKET_DC_CLIENT_ID, e.BITBUCKET_DC_CLIENT_SECRET),
    ];
    return all.filter((one) => one !== null);
  }
}

function provider(id: GitProviderId, name: string, url: string | undefined, apiUrl: string, clientId: string | undefined, clientSecret: string | undefined): GitProviderConfig | null {
  if (!url || !clientId || !clientSecret) return null;
  if (!URL.canParse(url)) return null;
  return { id, name, host: new URL(url).hostname.replace(/^www\./, ''), url, apiUrl, clientId, clientSecret };
}

/**
 * Reads the environment. An empty value counts as not set, because `.env` files and charts write `KEY=`.
 * Throws `ConfigError` with every mistake.
 */
export function readConfig(source: Record<string, string | undefined>): AppConfig {
  const mistakes: string[] = [];
  const env: Record<string, unknown> = {};
  for (const [key, { schema }] of Object.entries(CONFIG_KEYS)) {
    const raw = source[key] === '' ? undefined : source[key];
    const read = (schema as z.ZodType).safeParse(raw);
    if (read.success) env[key] = read.data;
    else mistakes.push(...new Set(read.error.issues.map((issue) => `${key} ${issue.message}.`)));
  }
  mistakes.push(...pairMistakes(source));
  mistakes.push(...combinationMistakes(env as Environment));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return new AppConfig(env as Environment);
}

/** An OAuth client is an id and a secret; one without the other never works. */
function pairMistakes(source: Record<string, string | undefined>): string[] {
  return ['GITHUB', 'GITLAB', 'BITBUCKET', 'BITBUCKET_DC', 'JIRA_CLOUD', 'JIRA_DC']
    .filter((name) => Boolean(source[`${name}_CLIENT_ID`]) !== Boolean(source[`${name}_CLIENT_SECRET`]))
    .map((name) => `${name}_CLIENT_ID and ${name}_CLIENT_SECRET belong together: set both or neither.`);
}

function combinationMistakes(env: Environment): string[] {
  const mistakes: string[] = [];
  if (env.DATABASE_URL && !env.ENCRYPTION_KEYS) {
    mistakes.push('ENCRYPTION_KEYS is required with DATABASE_URL, so that all processes share the keys; make one with: echo "k1:$(openssl rand -base64 32)".');
  }
  mistakes.push(...sharedHosts(new AppConfig(env)));
  mistakes.push(...dataCenterMistakes(env));
  if (env.BITBUCKET_DC_CLIENT_ID && !env.BITBUCKET_DC_URL) mistakes.push('BITBUCKET_DC_URL is required with BITBUCKET_DC_CLIENT_ID.');
  return mistakes;
}

/** The rules of the admin page hold for the environment too. */
function dataCenterMistakes({ JIRA_DC_BASE_URL: baseUrl, OUTBOUND_ALLOWED_HOSTS: allowed }: Environment): string[] {
  if (!baseUrl) return [];
  const read = DataCenterBaseUrl.safeParse(baseUrl);
  const mistake = read.success ? serverAddressMistake(read.data, allowed ?? []) : read.error.issues[0]!.message;
  return mistake === null ? [] : [`JIRA_DC_BASE_URL cannot be used. ${mistake}`];
}

/** A repository is found by its host, so each git provider needs its own. */
function sharedHosts(config: AppConfig): string[] {
  const hosts = config.gitProviders.map((one) => one.host);
  const shared = hosts.filter((host, index) => hosts.indexOf(host) !== index);
  return [...new Set(shared)].map((host) => `${config.gitProviders.filter((one) => one.host === host).map((one) => one.name).join(' and ')} have the same host, ${host}; give each an address of its own, because repositories are found by host.`);
}
