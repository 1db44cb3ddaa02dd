import { jest } from '@jest/globals';
import { Global, Logger, Module } from '@nestjs/common';
import { uuidv7 } from '../database/uuid.js';
import { type AuthBench, type Browser, PUBLIC_URL, startAuthBench } from '../testing/auth-bench.js';
import { AGENT_KEY_CHECK, type AgentKeyCheck } from './agent-key-check.js';
import { Users } from './users.service.js';

const ADMIN_TOKEN = 'administrator-token-of-the-environment-0123456789';
const DAY = 24 * 3600 * 1000;
const verdicts: Record<string, Awaited<ReturnType<AgentKeyCheck['check']>>> = { bad: 'rejected', unsure: 'unreachable' };

@Global()
@Module({
  providers: [{ provide: AGENT_KEY_CHECK, useValue: { check: async (key: string) => verdicts[key] ?? 'accepted' } satisfies AgentKeyCheck }],
  exports: [AGENT_KEY_CHECK],
})
class AgentModule {}

describe('who may call what', () => {
  let bench: AuthBench;
  let ann: Browser;
  let root: Browser;

  beforeAll(async () => {
    bench = await startAuthBench({ ADMIN_EMAILS: 'Root@Example.com,kim@example.com', ADMIN_API_TOKEN: ADMIN_TOKEN }, () => [AgentModule]);
    const { github, 'bitbucket-data-center': dataCenter } = bench.hosts;
    for (const login of ['ann', 'root', 'bob']) github.addUser({ login, name: login });
    github.addUser({ login: 'pretender', name: 'Pretender', emails: [{ email: 'root@example.com', primary: true, verified: false }] });
    dataCenter.addUser({ login: 'typed', name: 'Typed', email: 'root@example.com' });
    [ann, root] = [bench.browser(), bench.browser()];
    await ann.signIn(github, 'ann');
    await root.signIn(github, 'root');
  });
  afterAll(() => bench.close());

  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const newToken = async (browser: Browser, body: object = { name: 'script' }): Promise<{ id: string; token: string }> =>
    (await browser.send('POST', '/api/v1/me/api-tokens', body)).body as { id: string; token: string };

  describe('a route', () => {
    it('is closed to those who are not signed in', async () => {
      const answer = await bench.browser().get('/probe/closed');
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.body).toMatchObject({ status: 401, code: 'unauthenticated' });
    });

    it('is open to a session, and knows whose it is', async () => {
      expect((await ann.get('/probe/closed')).body).toEqual({ userId: expect.any(String), isAdmin: false, via: 'session' });
    });

    it('is open to everybody when it is public, and still knows the caller', async () => {
      expect((await bench.browser().get('/probe/open')).body).toEqual({ caller: null });
      expect((await ann.get('/probe/open')).body).toMatchObject({ caller: { via: 'session' } });
      expect((await bench.browser().get('/probe/open', { cookie: 'session=unknown' })).body).toEqual({ caller: null });
    });

    it('of administrators is closed to others', async () => {
      expect((await bench.browser().get('/probe/admin')).status).toBe(401);
      const answer = await ann.get('/probe/admin');
      expect([answer.status, answer.body['code']]).toEqual([403, 'forbidden']);
      expect((await root.get('/probe/admin')).status).toBe(200);
      expect((await bench.browser().get('/probe/admin', bearer(ADMIN_TOKEN))).status).toBe(200);
    });
  });

  describe('a refusal', () => {
    it('of somebody with an account is noted, with who and why; strangers cannot fill the log', async () => {
      const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
      await bench.browser().get('/probe/admin');
      await bench.browser().get('/probe/admin', bearer('x'));
      await root.get('/probe/admin');
      expect(warned.mock.calls).toEqual([]);
      const { userId } = (await ann.get('/probe/closed')).body;
      await ann.get('/probe/admin');
      await ann.send('POST', '/probe/closed', {}, { origin: 'https://evil.example.org' });
      expect(warned.mock.calls).toEqual(['forbidden', 'origin_mismatch'].map((code) => [{ userId, via: 'session', code }, 'A caller was refused']));
      warned.mockRestore();
    });
  });

  describe('an administrator', () => {
    it('is somebody whose verified address is listed, in any letter case', async () => {
      expect((await root.get('/api/v1/me')).body).toMatchObject({ isAdmin: true, email: 'root@example.com' });
    });

    it.each([
      ['has not confirmed the address', 'github' as const, 'pretender'],
      ['typed the address into a profile at Bitbucket Data Center', 'bitbucket-data-center' as const, 'typed'],
    ])('is nobody who %s', async (_, host, login) => {
      const browser = bench.browser();
      await browser.signIn(bench.hosts[host], login);
      expect((await browser.get('/api/v1/me')).body).toMatchObject({ isAdmin: false, email: 'root@example.com' });
      expect((await browser.get('/probe/admin')).status).toBe(403);
    });

    it('by the token of the environment has no account', async () => {
      const nobody = bench.browser();
      expect((await nobody.get('/probe/closed', bearer(ADMIN_TOKEN))).body).toEqual({ userId: null, isAdmin: true, via: 'admin-token' });
      for (const path of ['/api/v1/me', '/api/v1/me/api-tokens']) {
        const answer = await nobody.get(path, bearer(ADMIN_TOKEN));
        expect([answer.status, answer.body['code']]).toEqual([403, 'forbidden']);
      }
    });

    it.each([ADMIN_TOKEN.slice(0, -1), `${ADMIN_TOKEN}x`, ADMIN_TOKEN.toUpperCase(), 'x'])('is nobody with the token %s', async (token) => {
      expect((await bench.browser().get('/probe/admin', bearer(token))).status).toBe(401);
    });
  });

  describe('a change with a session', () => {
    it('needs the origin of our own pages', async () => {
      expect((await ann.send('POST', '/probe/closed', {}, { origin: PUBLIC_URL })).status).toBe(201);
    });

    it.each([undefined, 'null', 'https://evil.example.org', 'http://service.example.com', 'https://service.example.com.evil.example.org', 'https://service.example.com:8443'])('is refused with the origin %s', async (origin) => {
      const answer = await ann.send('POST', '/probe/closed', {}, origin === undefined ? {} : { origin });
      expect([answer.status, answer.body['code']]).toEqual([403, 'origin_mismatch']);
    });

    it('needs it on public routes too, but only with a session', async () => {
      expect((await ann.send('POST', '/probe/open', {}, {})).status).toBe(403);
      expect((await bench.browser().send('POST', '/probe/open', {}, {})).status).toBe(201);
    });

    it('does not need it with a token, which no browser adds by itself', async () => {
      const { token } = await newToken(ann);
      expect((await bench.browser().send('POST', '/probe/closed', {}, bearer(token))).status).toBe(201);
    });
  });

  describe('an API token', () => {
    it('acts as the person who made it', async () => {
      const { token } = await newToken(ann);
      const [withToken, withCookie] = [await bench.browser().get('/api/v1/me', bearer(token)), await ann.get('/api/v1/me')];
      expect(withToken.body).toEqual(withCookie.body);
      expect((await bench.browser().get('/probe/closed', bearer(token))).body).toMatchObject({ via: 'api-token', isAdmin: false });
      expect((await bench.browser().get('/probe/admin', bearer((await newToken(root)).token))).status).toBe(200);
    });

    it('is shown once and stored as a hash', async () => {
      const { token } = await newToken(ann);
      expect(token).toMatch(/^ohj_[\w-]{43}$/);
      expect(JSON.stringify((await ann.get('/api/v1/me/api-tokens')).body)).not.toContain(token);
      const rows = await bench.db.query<{ all: string }[]>(`SELECT json_agg(t)::text AS all FROM api_tokens t`);
      expect(rows[0]!.all).not.toContain(token.slice(4));
    });

    it('wins over a cookie, so that a wrong token is noticed', async () => {
      for (const authorization of ['Bearer ohj_wrong', 'Bearer', 'Basic YTpi', 'Bearer a b']) {
        expect((await ann.get('/probe/closed', { authorization })).status).toBe(401);
      }
    });

    it('ends with its time', async () => {
      const { token } = await newToken(ann, { name: 'short', expiresInDays: 1 });
      bench.time.advance(DAY - 60_000);
      expect((await bench.browser().get('/probe/closed', bearer(token))).status).toBe(200);
      bench.time.advance(120_000);
      expect((await bench.browser().get('/probe/closed', bearer(token))).status).toBe(401);
    });

    it('is listed with its use, which is noted coarsely', async () => {
      const { id, token } = await newToken(ann, { name: '  ci  ' });
      const listed = async (): Promise<{ name: string; lastUsedAt: string | null; expiresAt: string | null }> =>
        ((await ann.get('/api/v1/me/api-tokens')).body['items'] as { id: string; name: string; lastUsedAt: string | null; expiresAt: string | null }[]).find((one) => one.id === id)!;
      expect(await listed()).toMatchObject({ name: 'ci', lastUsedAt: null, expiresAt: null });
      await bench.browser().get('/probe/closed', bearer(token));
      const { lastUsedAt } = await listed();
      expect(lastUsedAt).toMatch(/Z$/);
      bench.time.advance(60_000);
      await bench.browser().get('/probe/closed', bearer(token));
      expect((await listed()).lastUsedAt).toBe(lastUsedAt);
      bench.time.advance(5 * 60_000);
      await bench.browser().get('/probe/closed', bearer(token));
      expect((await listed()).lastUsedAt).not.toBe(lastUsedAt);
    });

    it('is removed by its owner and by nobody else', async () => {
      const { id, token } = await newToken(ann);
      const bob = bench.browser();
      await bob.signIn(bench.hosts.github, 'bob');
      expect((await bob.get('/api/v1/me/api-tokens')).body).toEqual({ items: [], nextCursor: null });
      const answer = await bob.send('DELETE', `/api/v1/me/api-tokens/${id}`);
      expect([answer.status, answer.body['code']]).toEqual([404, 'not_found']);
      expect((await root.send('DELETE', `/api/v1/me/api-tokens/${id}`)).status).toBe(404);
      expect((await bench.browser().get('/probe/closed', bearer(token))).status).toBe(200);
      expect((await ann.send('DELETE', `/api/v1/me/api-tokens/${id}`)).status).toBe(204);
      expect((await bench.browser().get('/probe/closed', bearer(token))).status).toBe(401);
      expect((await ann.send('DELETE', `/api/v1/me/api-tokens/${id}`)).status).toBe(404);
    });

    it('has an id of our form, else there is none', async () => {
      expect((await ann.send('DELETE', '/api/v1/me/api-tokens/1%27--')).status).toBe(404);
    });

    it.each([
      [{}, 'name'],
      [{ name: '  ' }, 'name'],
      [{ name: 'x'.repeat(101) }, 'name'],
      [{ name: 'x', expiresInDays: 0 }, 'expiresInDays'],
      [{ name: 'x', expiresInDays: '7' }, 'expiresInDays'],
    ])('is refused with %j, and the wrong value is named', async (body, path) => {
      const answer = await ann.send('POST', '/api/v1/me/api-tokens', body);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ path, message: expect.any(String) }] });
    });
  });

  describe("the person's own OpenHands key", () => {
    const put = (body: object): ReturnType<Browser['send']> => ann.send('PUT', '/api/v1/me/agent', body);
    const keyOfAnn = async (): Promise<string | null> => bench.app.get(Users).agentKey((await ann.get('/api/v1/me')).body['id'] as string);

    it('is stored sealed, is never shown, and can be removed', async () => {
      expect(await put({ apiKey: ' sk-oh-good ' })).toMatchObject({ status: 200, body: { apiKeySet: true } });
      const me = await ann.get('/api/v1/me');
      expect(me.body).toMatchObject({ agent: { apiKeySet: true } });
      expect(JSON.stringify(me.body)).not.toContain('sk-oh-good');
      expect(await bench.db.query(`SELECT agent_key_sealed FROM users WHERE agent_key_sealed LIKE 'v1.k1.%'`)).toHaveLength(1);
      expect(await keyOfAnn()).toBe('sk-oh-good');
      expect(await put({ apiKey: null })).toMatchObject({ status: 200, body: { apiKeySet: false } });
      expect(await keyOfAnn()).toBeNull();
    });

    it.each([
      ['bad', 422, 'agent_rejected_key'],
      ['unsure', 502, 'agent_unreachable'],
      ['two words', 400, 'validation_failed'],
      ['', 400, 'validation_failed'],
    ])('is refused when it is %j, and the former one stays', async (apiKey, status, code) => {
      await put({ apiKey: 'former' });
      const answer = await put({ apiKey });
      expect([answer.status, answer.body['code']]).toEqual([status, code]);
      expect(await keyOfAnn()).toBe('former');
    });
  });

  describe('people by address', () => {
    it('are found by a verified address only, in any letter case', async () => {
      const users = bench.app.get(Users);
      expect((await users.byVerifiedEmail(' ANN@example.COM')).map((one) => one.name)).toEqual(['ann']);
      expect((await users.byVerifiedEmail('root@example.com')).map((one) => one.name)).toEqual(['root']);
      expect(await users.byVerifiedEmail('nobody@example.com')).toEqual([]);
      expect(await users.byVerifiedEmail('ann@example.com%')).toEqual([]);
    });

    it('are not found by an address whose letters only count as equal in Unicode', async () => {
      const users = bench.app.get(Users);
      const id = uuidv7();
      await bench.db.query(`INSERT INTO users (id, name, email, email_verified) VALUES ($1, 'kim', 'kim@example.com', true)`, [id]);
      expect((await users.byVerifiedEmail('KIM@example.com')).map((one) => one.name)).toEqual(['kim']);
      expect(await users.byVerifiedEmail('\u212aim@example.com')).toEqual([]);
      await bench.db.query(`UPDATE users SET email = $2 WHERE id = $1`, [id, '\u212aim@example.com']);
      expect(await users.byVerifiedEmail('kim@example.com')).toEqual([]);
      expect(['kim@example.com', '\u212aim@example.com'].map((email) => users.isAdmin({ email, emailVerified: true }))).toEqual([true, false]);
    });
  });
});
