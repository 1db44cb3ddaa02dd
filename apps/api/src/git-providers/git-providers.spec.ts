import { AppConfig, type GitProviderConfig, readConfig } from '../config/config.js';
import { OutgoingHttp } from '../http/outgoing.js';
import { Bitbucket as BitbucketStandIn } from '@openhands-jira/tools/sandbox/git-providers/bitbucket.ts';
import { BitbucketDataCenter as BitbucketDataCenterStandIn } from '@openhands-jira/tools/sandbox/git-providers/bitbucket-data-center.ts';
import { realClock } from '@openhands-jira/tools/sandbox/clock.ts';
import type { GitHost } from '@openhands-jira/tools/sandbox/git-providers/git-host.ts';
import { GitHub as GitHubStandIn } from '@openhands-jira/tools/sandbox/git-providers/github.ts';
import { GitLab as GitLabStandIn } from '@openhands-jira/tools/sandbox/git-providers/gitlab.ts';
import { listen } from '@openhands-jira/tools/sandbox/stand-in.ts';
import { describeGitProvider, type ProviderBench } from './git-provider.conformance.js';
import { createGitProvider, GitProviders } from './git-providers.service.js';

const client = { clock: realClock, clientId: 'client', clientSecret: 'secret' };
const http = new OutgoingHttp(readConfig({}));

async function bench(id: GitProviderConfig['id'], host: GitHost, apiPath: string): Promise<ProviderBench> {
  const listening = await listen(host.standIn, 0);
  host.url = `http://localhost:${listening.port}`;
  const provider = createGitProvider({ id, name: id, host: 'localhost', url: host.url, apiUrl: host.url + apiPath, clientId: 'client', clientSecret: 'secret' }, http);
  return { provider, host, close: () => listening.close() };
}

describeGitProvider('GitHub', 'Acme/web-shop', () => bench('github', new GitHubStandIn(client), '/api/v3'));
describeGitProvider('GitLab', 'acme/web-shop', () => bench('gitlab', new GitLabStandIn(client), '/api/v4'));
describeGitProvider('GitLab with nested groups', 'acme/platform/billing/shop', () => bench('gitlab', new GitLabStandIn(client), '/api/v4'));
describeGitProvider('Bitbucket', 'acme/web-shop', () => bench('bitbucket', new BitbucketStandIn(client), ''));
describeGitProvider('Bitbucket Data Center', 'PRJ/web-shop', () => bench('bitbucket-data-center', new BitbucketDataCenterStandIn(client), '/rest/api/1.0'));
describeGitProvider('Bitbucket Data Center with a personal repository', '~bob/shop', () => bench('bitbucket-data-center', new BitbucketDataCenterStandIn(client), '/rest/api/1.0'));

describe('what only one provider does', () => {
  const open: ProviderBench[] = [];
  const start = async (...args: Parameters<typeof bench>): Promise<ProviderBench> => {
    const one = await bench(...args);
    open.push(one);
    return one;
  };
  afterAll(() => Promise.all(open.map((one) => one.close())));

  it('GitLab counts the role that comes from a group', async () => {
    const { host, provider } = await start('gitlab', new GitLabStandIn(client), '/api/v4');
    host.addUser({ login: 'ann', name: 'Ann' });
    host.addRepository('acme/team/app', { groupRights: { ann: 'write' } });
    const { accessToken } = host.oauth.grant({ subject: 'ann', scope: 'read_user read_api' });
    expect(await provider.findWritable({ accessToken, path: 'acme/team/app', branch: null })).toMatchObject({ kind: 'writable' });
  });

  it.each([
    ['a repository that is archived', { archived: true }],
    ['a repository that GitHub closed', { disabled: true }],
    ['an answer without permissions', { permissions: undefined }],
  ])('GitHub says no to %s', async (_, fields) => {
    const { host, provider } = await start('github', new GitHubStandIn(client), '/api/v3');
    const body = { full_name: 'Acme/app', permissions: { push: true }, ...fields };
    host.standIn.faults.add({ effect: { kind: 'status', status: 200, body } });
    expect(await provider.findWritable({ accessToken: 'x', path: 'Acme/app', branch: null })).toEqual({ kind: 'not_writable' });
  });

  it('GitHub does not take the new name of a renamed branch for the old branch', async () => {
    const { host, provider } = await start('github', new GitHubStandIn(client), '/api/v3');
    host.addUser({ login: 'ann', name: 'Ann' });
    host.addRepository('Acme/app', { rights: { ann: 'write' } });
    host.standIn.faults.add({ path: '/branches/master', effect: { kind: 'status', status: 301, headers: { location: `${host.url}/api/v3/repos/Acme/app/branches/main` } } });
    const { accessToken } = host.oauth.grant({ subject: 'ann', scope: 'repo' });
    expect(await provider.findWritable({ accessToken, path: 'Acme/app', branch: 'master' })).toMatchObject({ branch: 'missing' });
  });

  it('Bitbucket Data Center addresses are never verified by it', async () => {
    const { host, provider } = await start('bitbucket-data-center', new BitbucketDataCenterStandIn(client), '/rest/api/1.0');
    host.addUser({ login: 'ann', name: 'Ann' });
    expect(await provider.profile(host.oauth.grant({ subject: 'ann', scope: 'REPO_WRITE' }).accessToken)).toMatchObject({ email: 'ann@example.com', emailVerified: false });
  });

  it('gitlab.com verifies addresses; a self-managed GitLab does when the operator says so, because its confirmation may be switched off', async () => {
    const { host } = await start('gitlab', new GitLabStandIn(client), '/api/v4');
    host.addUser({ login: 'ann', name: 'Ann' });
    const { accessToken } = host.oauth.grant({ subject: 'ann', scope: 'read_user' });
    const verified = async (environment: Record<string, string>): Promise<boolean | undefined> => {
      const [configured] = readConfig({ GITLAB_CLIENT_ID: 'a', GITLAB_CLIENT_SECRET: 'b', ...environment }).gitProviders;
      return (await createGitProvider({ ...configured!, apiUrl: `${host.url}/api/v4` }, http).profile(accessToken))?.emailVerified;
    };
    expect(await verified({})).toBe(true);
    expect(await verified({ GITLAB_URL: host.url })).toBe(false);
    expect(await verified({ GITLAB_URL: 'https://gitlab.com.example.org' })).toBe(false);
    expect(await verified({ GITLAB_URL: host.url, GITLAB_CONFIRMS_ADDRESSES: 'true' })).toBe(true);
  });

  it('without the right to read addresses people sign in without one', async () => {
    const { host, provider } = await start('github', new GitHubStandIn(client), '/api/v3');
    host.addUser({ login: 'ann', name: 'Ann' });
    expect(await provider.profile(host.oauth.grant({ subject: 'ann', scope: 'repo' }).accessToken)).toMatchObject({ login: 'ann', email: null, emailVerified: false });
  });
});

describe('the list of git providers', () => {
  const config: AppConfig = readConfig({
    GITHUB_CLIENT_ID: 'a', GITHUB_CLIENT_SECRET: 'b',
    GITLAB_CLIENT_ID: 'a', GITLAB_CLIENT_SECRET: 'b', GITLAB_URL: 'https://git.example.com:8443/gitlab',
  });
  const providers = new GitProviders(config, http);

  it('holds only what is configured', () => {
    expect(providers.hosts()).toEqual({ 'github.com': 'github', 'git.example.com': 'gitlab' });
    expect(providers.byId('bitbucket')).toBeUndefined();
  });

  it.each(['github.com', 'GitHub.com', 'www.github.com', 'github.com:443'])('finds GitHub by %s', (host) => {
    expect(providers.byHost(host)?.id).toBe('github');
  });

  it.each(['github.com.example.org', 'gist.github.com', ''])('finds nothing by %j', (host) => {
    expect(providers.byHost(host)).toBeUndefined();
  });
});
