import { GitProviderUnreachable } from '../git-providers/git-provider.js';
import { GitProviders } from '../git-providers/git-providers.service.js';
import { type AuthBench, startAuthBench } from '../testing/auth-bench.js';
import { GitAccounts } from './git-accounts.service.js';
import { IdentityTokens } from './identity-tokens.service.js';
import { ProviderOAuth } from './provider-oauth.service.js';

const HOUR = 3600 * 1000;
/** In this bench GitLab is the only provider at this host. */
const GITLAB = '127.0.0.1';

describe('git accounts of a user', () => {
  let bench: AuthBench;
  let accounts: GitAccounts;
  let userId: string;

  beforeAll(async () => {
    bench = await startAuthBench();
    accounts = bench.app.get(GitAccounts);
    for (const host of [bench.hosts.gitlab, bench.hosts.github]) host.addUser({ login: 'ann', name: 'Ann' });
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    bench.hosts.gitlab.standIn.faults.clear();
    await bench.db.query('DELETE FROM users');
    userId = await signIn('gitlab');
  });

  async function signIn(host: 'gitlab' | 'github'): Promise<string> {
    const browser = bench.browser();
    await browser.signIn(bench.hosts[host], 'ann');
    return (await browser.get('/api/v1/me')).body['id'] as string;
  }
  const refreshes = (): number => bench.hosts.gitlab.standIn.calls.filter((call) => call.path === '/oauth/token').length;
  const worksAt = (token: string): boolean => bench.hosts.gitlab.oauth.whoHas(token) !== null;
  /** Shares nothing with the others but the database. */
  const anotherProcess = (): GitAccounts => new GitAccounts(bench.db, bench.app.get(GitProviders), bench.app.get(ProviderOAuth), bench.app.get(IdentityTokens));
  const tokenNow = async (): Promise<string> => {
    const result = await accounts.accessToken(userId, GITLAB);
    if (result.kind !== 'ok') throw new Error(`Expected a token, got ${result.kind}`);
    return result.token;
  };

  it('are listed with their state', async () => {
    expect(await accounts.accountsOf(userId)).toEqual([{ provider: 'gitlab', host: GITLAB, login: 'ann', status: 'active' }]);
  });

  it('give a token that the provider accepts, without asking while it is fresh', async () => {
    const before = refreshes();
    expect(worksAt(await tokenNow())).toBe(true);
    expect(refreshes()).toBe(before);
  });

  it.each(['gitlab.com', 'localhost', ''])('are not connected at %j', async (host) => {
    expect(await accounts.accessToken(userId, host)).toEqual({ kind: 'not_connected' });
  });

  it('are not connected for somebody else', async () => {
    expect(await accounts.accessToken('00000000-0000-7000-8000-000000000000', GITLAB)).toEqual({ kind: 'not_connected' });
  });

  it('refresh a token that is nearly over, and keep the new refresh token', async () => {
    const first = await tokenNow();
    bench.time.advance(2 * HOUR - 30_000);
    const second = await tokenNow();
    expect(second).not.toBe(first);
    expect(worksAt(second)).toBe(true);
    bench.time.advance(2 * HOUR);
    const third = await tokenNow();
    expect(third).not.toBe(second);
    expect(worksAt(third)).toBe(true);
  });

  it.each([
    ['in one process', 1, 20],
    ['in several processes', 6, 2],
  ])('refresh once when many need the token at the same moment %s', async (_, processes, callers) => {
    bench.time.advance(3 * HOUR);
    const before = refreshes();
    const calls = Array.from({ length: processes }, anotherProcess).flatMap((one) => Array.from({ length: callers }, () => one.accessToken(userId, GITLAB)));
    const tokens = (await Promise.all(calls)).map((result) => (result.kind === 'ok' ? result.token : result.kind));
    expect(new Set(tokens).size).toBe(1);
    expect(refreshes()).toBe(before + 1);
    expect(worksAt(tokens[0]!)).toBe(true);
  });

  it('are expired when the provider ended the authorisation, until the person signs in again', async () => {
    bench.time.advance(3 * HOUR);
    bench.hosts.gitlab.oauth.revokeAll();
    expect(await accounts.accessToken(userId, GITLAB)).toEqual({ kind: 'expired' });
    expect(await accounts.accountsOf(userId)).toMatchObject([{ status: 'expired' }]);
    const before = refreshes();
    expect(await accounts.accessToken(userId, GITLAB)).toEqual({ kind: 'expired' });
    expect(refreshes()).toBe(before);
    expect(await signIn('gitlab')).toBe(userId);
    expect(worksAt(await tokenNow())).toBe(true);
  });

  it.each<[string, Parameters<AuthBench['hosts']['gitlab']['standIn']['faults']['add']>[0]['effect']]>([
    ['an outage', { kind: 'status', status: 502 }],
    ['a rate limit', { kind: 'status', status: 429 }],
    ['a broken connection', { kind: 'reset' }],
    ["a proxy's page", { kind: 'html' }],
    ['a client that the provider does not know', { kind: 'status', status: 401, body: { error: 'invalid_client' } }],
  ])('are not expired by %s', async (_, effect) => {
    bench.time.advance(3 * HOUR);
    bench.hosts.gitlab.standIn.faults.add({ path: '/oauth/token', effect });
    await expect(accounts.accessToken(userId, GITLAB)).rejects.toThrow(GitProviderUnreachable);
    expect(await accounts.accountsOf(userId)).toMatchObject([{ status: 'active' }]);
    expect(worksAt(await tokenNow())).toBe(true);
  });

  it('try the refresh token after the provider rejected an access token that looked good', async () => {
    const first = await tokenNow();
    bench.hosts.gitlab.oauth.expireAccessTokens();
    await accounts.rejected(userId, GITLAB);
    const second = await tokenNow();
    expect(second).not.toBe(first);
    expect(worksAt(second)).toBe(true);
  });
});

describe('GitHub tokens', () => {
  let bench: AuthBench;
  let accounts: GitAccounts;

  beforeAll(async () => {
    // Bitbucket and Bitbucket Data Center share the name `localhost` with GitHub in this bench: leave them out.
    const off = { BITBUCKET_CLIENT_ID: '', BITBUCKET_CLIENT_SECRET: '', BITBUCKET_DC_CLIENT_ID: '', BITBUCKET_DC_CLIENT_SECRET: '' };
    bench = await startAuthBench(off);
    accounts = bench.app.get(GitAccounts);
    bench.hosts.github.addUser({ login: 'ann', name: 'Ann' });
    bench.hosts.github.addUser({ login: 'bob', name: 'Bob' });
  });
  afterAll(() => bench.close());

  async function signIn(who: string): Promise<string> {
    const browser = bench.browser();
    await browser.signIn(bench.hosts.github, who);
    return (await browser.get('/api/v1/me')).body['id'] as string;
  }

  it('without an end are used as they are, and are expired when GitHub rejects them', async () => {
    const userId = await signIn('ann');
    bench.time.advance(1000 * HOUR);
    expect(await accounts.accessToken(userId, 'github.localhost')).toEqual({ kind: 'not_connected' });
    expect(await accounts.accessToken(userId, 'localhost')).toMatchObject({ kind: 'ok' });
    await accounts.rejected(userId, 'localhost');
    expect(await accounts.accessToken(userId, 'localhost')).toEqual({ kind: 'expired' });
  });

  it('of a GitHub App are refreshed, and its refusal, told with status 200, is understood', async () => {
    bench.hosts.github.useExpiringTokens();
    const userId = await signIn('bob');
    bench.time.advance(9 * HOUR);
    expect(await accounts.accessToken(userId, 'localhost')).toMatchObject({ kind: 'ok' });
    bench.time.advance(9 * HOUR);
    bench.hosts.github.oauth.revokeAll();
    expect(await accounts.accessToken(userId, 'localhost')).toEqual({ kind: 'expired' });
  });
});
