import { createHash } from 'node:crypto';
import { ManualClock } from '../clock.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { CREDENTIALS } from '../seed.ts';
import { ask, type Answer } from '../test-http.ts';
import type { GitHost } from './git-host.ts';

const { oauthClientId: clientId, oauthClientSecret: clientSecret } = CREDENTIALS;
const redirectUri = 'http://localhost:3000/auth/x/callback';

/** What differs between the providers on the way to a token. */
interface Way {
  host: (sandbox: Sandbox) => GitHost;
  authorize: string;
  token: string;
  scope: string;
  clientBy: 'form' | 'basic';
  json: boolean;
}

const WAYS: Record<string, Way> = {
  github: { host: (s) => s.github, authorize: '/login/oauth/authorize', token: '/login/oauth/access_token', scope: 'repo user:email', clientBy: 'form', json: true },
  gitlab: { host: (s) => s.gitlab, authorize: '/oauth/authorize', token: '/oauth/token', scope: 'read_user api', clientBy: 'form', json: false },
  bitbucket: { host: (s) => s.bitbucket, authorize: '/site/oauth2/authorize', token: '/site/oauth2/access_token', scope: '', clientBy: 'basic', json: false },
  'bitbucket-data-center': { host: (s) => s.bitbucketDataCenter, authorize: '/rest/oauth2/latest/authorize', token: '/rest/oauth2/latest/token', scope: 'REPO_WRITE', clientBy: 'form', json: false },
};

describe('git providers of the sandbox', () => {
  let sandbox: Sandbox;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    sandbox = await startSandbox({ clock });
  });

  afterEach(() => sandbox.close());

  function tokenRequest(way: Way, fields: Record<string, string>): Promise<Answer> {
    const client: Record<string, string> = way.clientBy === 'form' ? { client_id: clientId, client_secret: clientSecret } : {};
    const headers: Record<string, string> = way.json ? { accept: 'application/json' } : {};
    return ask(way.host(sandbox).url + way.token, { form: { ...fields, ...client }, headers, ...(way.clientBy === 'basic' ? { basic: [clientId, clientSecret] } : {}) });
  }

  async function signIn(way: Way, login: string, extra: Record<string, string> = {}, verifier?: string): Promise<Answer> {
    const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, response_type: 'code', state: 's', ...(way.scope === '' ? {} : { scope: way.scope }), ...extra });
    const back = way.host(sandbox).consent.approve(`${way.host(sandbox).url}${way.authorize}?${query.toString()}`, login);
    const code = new URL(back).searchParams.get('code') ?? '';
    return tokenRequest(way, { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...(verifier === undefined ? {} : { code_verifier: verifier }) });
  }

  const tokenOf = async (name: string, login = 'ben') => (await signIn(WAYS[name] as Way, login)).body.access_token as string;

  describe.each(Object.entries(WAYS))('%s', (_name, way) => {
    it('shows a page with the banner', async () => {
      const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, state: 's', ...(way.scope === '' ? {} : { scope: way.scope }) });
      const answer = await ask(`${way.host(sandbox).url}${way.authorize}?${query.toString()}`);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('Sandbox: nothing here is real.');
    });

    it('checks the PKCE verifier', async () => {
      const challenge = { code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'), code_challenge_method: 'S256' };
      expect((await signIn(way, 'ben', challenge, 'v'.repeat(43))).body.access_token).toEqual(expect.any(String));
      expect((await signIn(way, 'ben', challenge, 'w'.repeat(43))).body.error).toEqual(expect.any(String));
    });

    it('refuses a wrong client secret', async () => {
      const answer = await ask(way.host(sandbox).url + way.token, { form: { grant_type: 'authorization_code', code: 'x', client_id: clientId, client_secret: 'wrong' }, headers: { accept: 'application/json' } });
      expect(answer.body.error).toMatch(/client/);
    });
  });

  it.each([['gitlab'], ['bitbucket'], ['bitbucket-data-center']])('%s rotates refresh tokens', async (name) => {
    const way = WAYS[name] as Way;
    const first = (await signIn(way, 'ben')).body;
    const refresh = (token: string) => tokenRequest(way, { grant_type: 'refresh_token', refresh_token: token, redirect_uri: redirectUri });
    const second = await refresh(first.refresh_token);
    expect(second.status).toBe(200);
    clock.advance(600_000);
    expect((await refresh(first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(second.body.refresh_token)).status).toBe(200);
  });

  it('Bitbucket Data Center wants the redirect address again on a refresh, and forms instead of JSON', async () => {
    const way = WAYS['bitbucket-data-center'] as Way;
    const first = (await signIn(way, 'ben')).body;
    expect((await tokenRequest(way, { grant_type: 'refresh_token', refresh_token: first.refresh_token })).status).toBe(400);
    expect((await ask(sandbox.urls.bitbucketDataCenter + way.token, { json: {} })).status).toBe(500);
  });

  describe('GitHub', () => {
    const api = (path: string, token?: string) => ask(sandbox.urls.githubApi + path, token === undefined ? {} : { token });

    it('answers errors of the token endpoint with 200, and forms unless JSON is asked for', async () => {
      const fields = { form: { client_id: clientId, client_secret: clientSecret, code: 'x' } };
      const answer = await ask(`${sandbox.urls.github}/login/oauth/access_token`, fields);
      expect(answer.status).toBe(200);
      expect(new URLSearchParams(answer.text).get('error')).toBe('bad_verification_code');
    });

    it('gives tokens without end, or expiring ones with a refresh token', async () => {
      expect((await signIn(WAYS['github'] as Way, 'ben')).body).not.toHaveProperty('expires_in');
      sandbox.github.useExpiringTokens();
      const tokens = (await signIn(WAYS['github'] as Way, 'ben')).body;
      expect(tokens).toMatchObject({ expires_in: 28_800, refresh_token: expect.any(String) });
      const refreshed = await tokenRequest(WAYS['github'] as Way, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
      expect(refreshed.body.access_token).toEqual(expect.any(String));
    });

    it('tells the canonical name, the rights and the branches', async () => {
      const token = await tokenOf('github');
      expect((await api('/repos/acme/WEB-APP', token)).body).toMatchObject({ full_name: 'Acme/web-app', default_branch: 'main', permissions: { push: true } });
      expect((await api('/repos/Acme/read-only', token)).body.permissions).toMatchObject({ push: false, pull: true });
      expect((await api('/repos/Acme/web-app/branches/release/2.0', token)).status).toBe(200);
      expect((await api('/repos/Acme/web-app/branches/nope', token)).status).toBe(404);
    });

    it('hides private repositories from those without rights or scope', async () => {
      expect((await api('/repos/Acme/web-app', await tokenOf('github', 'eve'))).status).toBe(404);
      const { body } = await signIn({ ...(WAYS['github'] as Way), scope: 'user:email' }, 'ben');
      expect((await api('/repos/Acme/web-app', body.access_token)).status).toBe(404);
      expect((await api('/repos/library/react-like', await tokenOf('github'))).body.permissions.push).toBe(false);
    });

    it('redirects from a former name', async () => {
      sandbox.github.rename('Acme/web-app', 'Acme/shop');
      const token = await tokenOf('github');
      const answer = await api('/repos/Acme/web-app', token);
      expect(answer.status).toBe(301);
      expect((await ask(answer.headers.get('location') ?? '', { token })).body.full_name).toBe('Acme/shop');
    });

    it('tells which addresses are verified', async () => {
      const emails = (await api('/user/emails', await tokenOf('github'))).body;
      expect(emails).toEqual([expect.objectContaining({ email: 'ben@example.com', verified: true }), expect.objectContaining({ verified: false })]);
      expect((await api('/user', 'wrong')).status).toBe(401);
    });
  });

  describe('GitLab', () => {
    const api = (path: string, token: string) => ask(`${sandbox.urls.gitlab}/api/v4${path}`, { token });

    it('knows nested groups and rights that come from a group', async () => {
      const answer = await api('/projects/acme%2Fplatform%2Fbilling%2Fservice', await tokenOf('gitlab'));
      expect(answer.body).toMatchObject({ path_with_namespace: 'acme/platform/billing/service', permissions: { project_access: null, group_access: { access_level: 30 } } });
    });

    it('shows no project to a token that may only read the person', async () => {
      const { body } = await signIn({ ...(WAYS['gitlab'] as Way), scope: 'read_user' }, 'ben');
      expect((await api('/user', body.access_token)).status).toBe(200);
      expect((await api('/projects/acme%2Fweb-app', body.access_token)).body.error).toBe('insufficient_scope');
    });

    it('tells the effective level of a member, and branches with slashes', async () => {
      const token = await tokenOf('gitlab');
      const me = (await api('/user', token)).body;
      expect((await api(`/projects/acme%2Fweb-app/members/all/${String(me.id)}`, token)).body.access_level).toBe(30);
      expect((await api('/projects/acme%2Fweb-app/repository/branches/release%2F2.0', token)).status).toBe(200);
    });

    it('ends the old access token with a refresh', async () => {
      const first = (await signIn(WAYS['gitlab'] as Way, 'ben')).body;
      await tokenRequest(WAYS['gitlab'] as Way, { grant_type: 'refresh_token', refresh_token: first.refresh_token });
      expect((await api('/user', first.access_token)).status).toBe(401);
    });
  });

  describe('Bitbucket Cloud', () => {
    const api = (path: string, token: string) => ask(`${sandbox.urls.bitbucket}/2.0${path}`, { token });

    it('has removed the old list of permissions and answers the new one', async () => {
      const token = await tokenOf('bitbucket');
      expect((await api('/user/permissions/repositories', token)).status).toBe(410);
      const query = encodeURIComponent('repository.full_name="acme/web-app"');
      const { values } = (await api(`/user/workspaces/acme/permissions/repositories?q=${query}`, token)).body;
      expect(values).toEqual([expect.objectContaining({ permission: 'write', repository: expect.objectContaining({ full_name: 'acme/web-app' }) })]);
    });

    it('lists what one may write to, confirmed addresses and branches', async () => {
      const token = await tokenOf('bitbucket');
      const { values } = (await api('/repositories/acme?role=contributor', token)).body;
      expect(values.map((one: { full_name: string }) => one.full_name)).toEqual(['acme/web-app', 'acme/api']);
      expect((await api('/user/emails', token)).body.values.map((one: { is_confirmed: boolean }) => one.is_confirmed)).toEqual([true, false]);
      expect((await api('/repositories/acme/web-app/refs/branches/release/2.0', token)).status).toBe(200);
      expect((await api('/repositories/acme/web-app', await tokenOf('bitbucket', 'eve'))).status).toBe(404);
    });
  });

  describe('Bitbucket Data Center', () => {
    const api = (path: string, token: string) => ask(sandbox.urls.bitbucketDataCenter + path, { token });

    it('tells the own name by a header and by whoami', async () => {
      const token = await tokenOf('bitbucket-data-center');
      expect((await api('/plugins/servlet/applinks/whoami', token)).text).toBe('ben');
      expect((await api('/rest/api/1.0/repos', token)).headers.get('x-ausername')).toBe('ben');
      expect((await api('/rest/api/1.0/users/ben', token)).body.emailAddress).toBe('ben@example.com');
      expect((await api('/rest/api/1.0/users?filter=be', token)).body.values).toEqual([expect.objectContaining({ name: 'ben' })]);
    });

    it('hides private repositories from a token for public ones', async () => {
      const { body } = await signIn({ ...(WAYS['bitbucket-data-center'] as Way), scope: 'PUBLIC_REPOS' }, 'ben');
      expect((await api('/rest/api/1.0/projects/ACME/repos/web-app', body.access_token)).status).toBe(401);
      expect((await api('/rest/api/1.0/projects/library/repos/react-like', body.access_token)).status).toBe(200);
    });

    it('lists repositories that one may write to, and filters branches by parts of names', async () => {
      const token = await tokenOf('bitbucket-data-center');
      const slugs = (answer: Answer) => answer.body.values.map((one: { slug: string }) => one.slug);
      expect(slugs(await api('/rest/api/1.0/repos?projectkey=ACME&permission=REPO_WRITE', token))).toEqual(['web-app', 'api']);
      const names = (await api('/rest/api/1.0/projects/ACME/repos/web-app/branches?filterText=2.0', token)).body.values;
      expect(names.map((one: { displayId: string }) => one.displayId)).toEqual(['release/2.0']);
    });
  });
});
