import { type AuthBench, type Browser, pathOf, startAuthBench } from '../testing/auth-bench.js';
import { originOf } from '../security/minute-limit.guard.js';

const MINUTE = 60_000;

/** Four names of this machine, one per provider. */
const HOSTS = { github: 'localhost', gitlab: '127.0.0.1', bitbucket: '[::1]', 'bitbucket-data-center': '[::ffff:7f00:1]' } as const;

describe('signing in', () => {
  let bench: AuthBench;
  let browser: Browser;

  beforeAll(async () => {
    bench = await startAuthBench();
    for (const host of Object.values(bench.hosts)) {
      for (const login of ['ann', 'bob', 'eve']) host.addUser({ login, name: `${login} of ${host.standIn.name}`, email: `${login}@example.com` });
    }
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    await bench.db.query('DELETE FROM users');
    for (const host of Object.values(bench.hosts)) {
      host.standIn.faults.clear();
      for (const user of host.users) user.emails = [{ email: `${user.login}@example.com`, primary: true, verified: true }];
    }
    browser = bench.browser();
  });

  const me = async (one = browser): Promise<Record<string, unknown>> => (await one.get('/api/v1/me')).body;
  const count = async (table: string): Promise<number> => Number((await bench.db.query<{ n: string }[]>(`SELECT count(*) AS n FROM ${table}`))[0]!.n);

  it('lists the configured providers', async () => {
    const { status, body } = await browser.get('/auth/providers');
    expect(status).toBe(200);
    expect(body).toEqual([
      { id: 'github', name: 'GitHub', signInUrl: '/auth/github' },
      { id: 'gitlab', name: 'GitLab', signInUrl: '/auth/gitlab' },
      { id: 'bitbucket', name: 'Bitbucket', signInUrl: '/auth/bitbucket' },
      { id: 'bitbucket-data-center', name: 'Bitbucket Data Center', signInUrl: '/auth/bitbucket-data-center' },
    ]);
  });

  it.each(['github', 'gitlab', 'bitbucket', 'bitbucket-data-center'] as const)('works with %s', async (id) => {
    const answer = await browser.signIn(bench.hosts[id], 'ann', '/settings?tab=1');
    expect([answer.status, answer.location]).toEqual([302, '/settings?tab=1']);
    expect(await me()).toMatchObject({
      name: `ann of ${id}`, email: 'ann@example.com', isAdmin: false, agent: { apiKeySet: false },
      identities: [{ provider: id, host: HOSTS[id], login: 'ann', state: 'active' }],
    });
  });

  it.each([
    ['github', 'S256'],
    ['gitlab', 'S256'],
    ['bitbucket', null],
    ['bitbucket-data-center', 'S256'],
  ])('sends the browser to %s with code challenge method %s', async (id, method) => {
    const { searchParams } = new URL((await browser.get(`/auth/${id}`)).location);
    expect(searchParams.get('code_challenge_method')).toBe(method);
    expect(searchParams.get('redirect_uri')).toBe(`https://service.example.com/auth/${id}/callback`);
    expect(searchParams.get('response_type')).toBe('code');
    expect(Buffer.from(searchParams.get('state')!, 'base64url')).toHaveLength(32);
  });

  it('keeps the session in a cookie that scripts and foreign forms cannot use', async () => {
    await browser.signIn(bench.hosts.github, 'ann');
    expect(browser.attributes.get('session')).toMatch(/Max-Age=2592000/);
    for (const cookie of ['session', 'oauth_browser']) {
      for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(browser.attributes.get(cookie)).toContain(attribute);
    }
  });

  it('stores hashes of sessions and sealed tokens only', async () => {
    await browser.signIn(bench.hosts.gitlab, 'ann');
    const rows = await bench.db.query<{ all: string }[]>(`SELECT (SELECT json_agg(s) FROM sessions s)::text || (SELECT json_agg(i) FROM identities i)::text AS all`);
    const session = browser.cookies.get('session')!;
    expect(Buffer.from(session, 'base64url')).toHaveLength(32);
    expect(rows[0]!.all).not.toContain(session);
    expect(rows[0]!.all).toMatch(/"access_token_sealed":"v1\.k1\./);
    expect(rows[0]!.all).toMatch(/"refresh_token_sealed":"v1\.k1\./);
  });

  it('gives a new session at each sign-in and ends the former one', async () => {
    browser.cookies.set('session', 'planted-by-somebody');
    await browser.signIn(bench.hosts.github, 'ann');
    const first = browser.cookies.get('session')!;
    expect(first).not.toBe('planted-by-somebody');
    await browser.signIn(bench.hosts.github, 'ann');
    expect(browser.cookies.get('session')).not.toBe(first);
    expect((await bench.browser().get('/api/v1/me', { cookie: `session=${first}` })).status).toBe(401);
    expect(await count('users')).toBe(1);
  });

  it('ends the session after thirty days', async () => {
    await browser.signIn(bench.hosts.github, 'ann');
    bench.time.advance(30 * 24 * 60 * MINUTE - MINUTE);
    expect((await browser.get('/api/v1/me')).status).toBe(200);
    bench.time.advance(2 * MINUTE);
    expect((await browser.get('/api/v1/me')).status).toBe(401);
  });

  it('signs out on the server, not only in the browser', async () => {
    await browser.signIn(bench.hosts.github, 'ann');
    const session = browser.cookies.get('session')!;
    expect((await browser.send('POST', '/auth/sign-out')).status).toBe(204);
    expect(browser.cookies.has('session')).toBe(false);
    expect((await bench.browser().get('/api/v1/me', { cookie: `session=${session}` })).status).toBe(401);
    expect((await bench.browser().send('POST', '/auth/sign-out')).status).toBe(204);
  });

  it('does not let another page sign somebody out', async () => {
    await browser.signIn(bench.hosts.github, 'ann');
    const answer = await browser.send('POST', '/auth/sign-out', undefined, { origin: 'https://evil.example.org' });
    expect([answer.status, answer.body['code']]).toEqual([403, 'origin_mismatch']);
    expect((await browser.get('/api/v1/me')).status).toBe(200);
  });

  describe('the round trip', () => {
    const begin = async (): Promise<{ url: string; callback: string }> => {
      const { location } = await browser.get('/auth/github');
      return { url: location, callback: pathOf(bench.hosts.github.consent.approve(location, 'ann')) };
    };

    it('works once', async () => {
      const { callback } = await begin();
      expect((await browser.get(callback)).location).toBe('/');
      expect((await browser.get(callback)).location).toBe('/sign-in?error=expired');
    });

    it('works only in the browser that began it', async () => {
      const { callback } = await begin();
      const other = bench.browser();
      await other.get('/auth/github');
      expect((await other.get(callback)).location).toBe('/sign-in?error=expired');
      expect((await bench.browser().get(callback)).location).toBe('/sign-in?error=expired');
      expect((await browser.get(callback)).location).toBe('/');
    });

    it('works in two tabs at once', async () => {
      const [first, second] = [await begin(), await begin()];
      expect((await browser.get(second.callback)).location).toBe('/');
      expect((await browser.get(first.callback)).location).toBe('/');
    });

    it('ends after ten minutes', async () => {
      const { callback } = await begin();
      bench.time.advance(10 * MINUTE + 1000);
      expect((await browser.get(callback)).location).toBe('/sign-in?error=expired');
    });

    it('does not accept the answer of one provider at the callback of another', async () => {
      const { callback } = await begin();
      expect((await browser.get(callback.replace('/auth/github/', '/auth/gitlab/'))).location).toBe('/sign-in?error=expired');
      expect(await count('sessions')).toBe(0);
    });

    it.each([
      ['no state', '/auth/github/callback?code=x', 'expired'],
      ['an invented state', '/auth/github/callback?code=x&state=y', 'expired'],
      ['a provider that is not there', '/auth/gitea/callback?code=x&state=y', 'unknown_provider'],
      ['nothing', '/auth/github/callback', 'expired'],
    ])('ends on the sign-in page with %s', async (_, callback, error) => {
      await begin();
      const answer = await browser.get(callback);
      expect([answer.status, answer.location]).toEqual([302, `/sign-in?error=${error}`]);
    });

    it('ends on the sign-in page when the person says no', async () => {
      const { url } = await begin();
      expect((await browser.get(pathOf(bench.hosts.github.consent.deny(url)))).location).toBe('/sign-in?error=denied');
    });

    it.each([
      ['server_error', 'failed'],
      ['invalid_scope', 'failed'],
    ])('ends on the sign-in page when the provider says %s', async (word, error) => {
      const state = new URL((await begin()).url).searchParams.get('state')!;
      expect((await browser.get(`/auth/github/callback?error=${word}&state=${state}`)).location).toBe(`/sign-in?error=${error}`);
    });

    it('ends on the sign-in page when the code is wrong', async () => {
      const state = new URL((await begin()).url).searchParams.get('state')!;
      expect((await browser.get(`/auth/github/callback?code=wrong&state=${state}`)).location).toBe('/sign-in?error=expired');
    });

    it.each([
      ['the token endpoint is down', '/login/oauth/access_token'],
      ['the API is down', '/api/v3/user'],
    ])('ends on the sign-in page when %s', async (_, path) => {
      const { callback } = await begin();
      bench.hosts.github.standIn.faults.add({ path, effect: { kind: 'status', status: 503 }, times: Infinity });
      expect((await browser.get(callback)).location).toBe('/sign-in?error=unreachable');
      expect([await count('users'), await count('sessions')]).toEqual([0, 0]);
    });

    it('ends on the sign-in page when something fails on our side', async () => {
      const { callback } = await begin();
      await bench.db.query('ALTER TABLE identities RENAME TO identities_away');
      try {
        expect((await browser.get(callback)).location).toBe('/sign-in?error=failed');
      } finally {
        await bench.db.query('ALTER TABLE identities_away RENAME TO identities');
      }
    });

    it('does not begin with a provider that is not configured', async () => {
      expect((await browser.get('/auth/gitea')).location).toBe('/sign-in?error=unknown_provider');
    });

    it('keeps the wanted page through a failure, and never one of another site', async () => {
      const failed = async (wish: string): Promise<string> => (await browser.get(pathOf(bench.hosts.github.consent.deny((await browser.get(`/auth/github?returnTo=${encodeURIComponent(wish)}`)).location)))).location;
      expect(await failed('/activity?issueKey=A-1')).toBe('/sign-in?error=denied&returnTo=%2Factivity%3FissueKey%3DA-1');
      expect(await failed('//evil.example.org')).toBe('/sign-in?error=denied');
      expect((await browser.get('/auth/gitea?returnTo=/account')).location).toBe('/sign-in?error=unknown_provider&returnTo=%2Faccount');
      expect((await browser.get('/auth/gitea?returnTo=//evil.example.org')).location).toBe('/sign-in?error=unknown_provider');
    });

    it.each(['https://evil.example.org', '//evil.example.org', '/%5cevil.example.org', '/\\evil.example.org'])('does not come back to %s', async (returnTo) => {
      expect((await browser.signIn(bench.hosts.github, 'ann', returnTo)).location).toBe('/');
    });
  });

  describe('who somebody is', () => {
    it('finds the same user again, with the newest profile', async () => {
      await browser.signIn(bench.hosts.github, 'ann');
      const { id } = await me();
      const user = bench.hosts.github.users.find((one) => one.login === 'ann')!;
      Object.assign(user, { login: 'ann-renamed', name: 'Ann B.', emails: [{ email: 'new@example.com', primary: true, verified: true }] });
      const other = bench.browser();
      await other.signIn(bench.hosts.github, 'ann-renamed');
      expect(await me(other)).toMatchObject({ id, name: 'Ann B.', email: 'new@example.com', identities: [{ login: 'ann-renamed' }] });
      Object.assign(user, { login: 'ann', name: 'ann of github' });
    });

    it('does not take over the user of somebody who has the same login or address elsewhere', async () => {
      await browser.signIn(bench.hosts.github, 'ann');
      const other = bench.browser();
      await other.signIn(bench.hosts.gitlab, 'ann');
      expect((await me(other))['id']).not.toBe((await me())['id']);
    });

    it('adds a second account to the person who is signed in', async () => {
      await browser.signIn(bench.hosts.github, 'ann');
      const { id } = await me();
      await browser.signIn(bench.hosts.gitlab, 'bob');
      expect(await me()).toMatchObject({ id, name: 'ann of github', identities: [{ provider: 'github', login: 'ann' }, { provider: 'gitlab', login: 'bob' }] });
      const other = bench.browser();
      await other.signIn(bench.hosts.gitlab, 'bob');
      expect((await me(other))['id']).toBe(id);
    });

    it('forgets a verified address with the account that lost it, and keeps one that another account still has', async () => {
      const { github, gitlab } = bench.hosts;
      const user = github.addUser({ login: 'dora', name: 'Dora', email: 'dora@example.com' });
      gitlab.addUser({ login: 'dora', name: 'Dora', emails: [{ email: 'typed@example.com', primary: true, verified: false }] });
      await browser.signIn(github, 'dora');
      await browser.signIn(gitlab, 'dora');
      expect(await me()).toMatchObject({ email: 'dora@example.com', identities: [{ provider: 'github' }, { provider: 'gitlab' }] });
      user.emails = [{ email: 'other@example.com', primary: true, verified: false }];
      await browser.signIn(github, 'dora');
      await browser.signIn(gitlab, 'dora');
      expect(await me()).toMatchObject({ email: 'typed@example.com' });
      expect(await bench.db.query(`SELECT 1 FROM users WHERE email = 'dora@example.com'`)).toEqual([]);
    });

    it('adds nothing to the person who is signed in when another site began the round trip', async () => {
      await browser.signIn(bench.hosts.github, 'ann');
      const { id } = await me();
      const began = await browser.get('/auth/gitlab', { 'sec-fetch-site': 'cross-site' });
      await browser.get(pathOf(bench.hosts.gitlab.consent.approve(began.location, 'eve')));
      expect((await me())['id']).not.toBe(id);
      await browser.signIn(bench.hosts.github, 'ann');
      expect(await me()).toMatchObject({ id, identities: [{ provider: 'github', login: 'ann' }] });
    });

    it('switches to the person whose account it is', async () => {
      const bob = bench.browser();
      await bob.signIn(bench.hosts.gitlab, 'bob');
      await browser.signIn(bench.hosts.github, 'ann');
      await browser.signIn(bench.hosts.gitlab, 'bob');
      expect(await me()).toMatchObject({ id: (await me(bob))['id'], identities: [{ provider: 'gitlab' }] });
    });

    it('adds nothing to a person who signed out during the round trip', async () => {
      await browser.signIn(bench.hosts.github, 'ann');
      const ann = await me();
      const first = await browser.get('/auth/gitlab');
      await browser.send('POST', '/auth/sign-out');
      await browser.get(pathOf(bench.hosts.gitlab.consent.approve(first.location, 'eve')));
      expect((await me())['id']).not.toBe(ann['id']);
    });

    it('adds nothing to either of two people who took turns during the round trip', async () => {
      await bench.browser().signIn(bench.hosts.github, 'bob');
      await browser.signIn(bench.hosts.github, 'ann');
      const ann = await me();
      const second = await browser.get('/auth/bitbucket');
      await browser.signIn(bench.hosts.github, 'bob');
      const bob = await me();
      await browser.get(pathOf(bench.hosts.bitbucket.consent.approve(second.location, 'eve')));
      expect((await me())['id']).not.toBe(ann['id']);
      expect((await me())['id']).not.toBe(bob['id']);
    });

    it('makes one user of an account that signs in twice at the same moment', async () => {
      const starts = await Promise.all(Array.from({ length: 6 }, bench.browser).map(async (one) => ({ one, location: (await one.get('/auth/github')).location })));
      const callbacks = starts.map(({ one, location }) => ({ one, url: pathOf(bench.hosts.github.consent.approve(location, 'ann')) }));
      const answers = await Promise.all(callbacks.map(({ one, url }) => one.get(url)));
      expect(answers.map((answer) => answer.location)).toEqual(Array(6).fill('/'));
      expect([await count('users'), await count('identities')]).toEqual([1, 1]);
    });

    it('forgets a verified address that the only account no longer has', async () => {
      await browser.signIn(bench.hosts.github, 'ann');
      bench.hosts.github.users.find((one) => one.login === 'ann')!.emails = [{ email: 'ann@example.com', primary: true, verified: false }];
      await browser.signIn(bench.hosts.github, 'ann');
      expect(await bench.db.query(`SELECT email, email_verified FROM users`)).toEqual([{ email: 'ann@example.com', email_verified: false }]);
    });

    it('keeps a verified address when an account that verifies none is added', async () => {
      await browser.signIn(bench.hosts.github, 'ann');
      await browser.signIn(bench.hosts['bitbucket-data-center'], 'bob');
      expect(await bench.db.query(`SELECT email, email_verified FROM users`)).toEqual([{ email: 'ann@example.com', email_verified: true }]);
    });
  });
});

describe('many starts from one address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.8', false], ['::ffff:192.0.2.7', '192.0.2.7', true],
    ['2001:db8:1:2::7', '2001:db8:1:2:ffff:ffff:ffff:ffff', true], ['2001:db8:1:2::7', '2001:db8:1:3::7', false],
  ])('%s and %s count as one: %s', (one, other, same) => {
    expect(originOf(one) === originOf(other)).toBe(same);
  });

  it('are stopped for a minute, on a page', async () => {
    const bench = await startAuthBench();
    try {
      const browser = bench.browser();
      const start = async (): Promise<string> => (await browser.get('/auth/github')).location;
      bench.time.toNextMinute();
      for (let i = 0; i < 100; i++) expect(await start()).toMatch(/^http:\/\/localhost/);
      expect(await start()).toBe('/sign-in?error=too_many_requests');
      expect((await browser.get('/auth/github?returnTo=/account')).location).toBe('/sign-in?error=too_many_requests&returnTo=%2Faccount');
      bench.time.advance(61_000);
      expect(await start()).toMatch(/^http:\/\/localhost/);
    } finally {
      await bench.close();
    }
  });
});
