/**
 * Attacks through somebody's browser, each a test named after it: on the OAuth round trips, on sessions, on what other pages may send,
 * and on rows of others. What single rules do is told beside them; here the whole service is attacked from outside.
 */
import { DataSource } from 'typeorm';
import { readConfig } from '../../api/src/config/config.js';
import { createServer } from '../../api/src/server.js';
import type { Answer } from '../../../tools/sandbox/browser.ts';
import { Browser } from '../../../tools/sandbox/browser.ts';
import { DATA_CENTER_KEYS } from '../../../tools/sandbox/seed.ts';
import { completeSettings, connect, install, openDataCenterStage, ROUTES, SETTINGS } from './data-center-story.js';
import { Sender } from './sender.js';
import { ACCOUNTS, type Stage } from './stage.js';

const UNKNOWN_ID = '019aa000-0000-7000-8000-000000000000';
const CLOUD_BACK = '/integration/jira/callback';
const DATA_CENTER_BACK = '/integration/jira-dc/callback';

let stage: Stage;
/** Owns both connections; an installation administrator. */
let ada: Browser;
/** Signed in, and no more: the victim of attacks on linking. */
let ben: Browser;
/** Signed in, and the attacker. */
let eve: Browser;
let cloudId: string;
let dataCenterId: string;

beforeAll(async () => {
  stage = await openDataCenterStage();
  [ada, ben, eve] = [await stage.signIn('ada'), await stage.signIn('ben'), await stage.signIn('eve')];
  cloudId = await stage.connectWorkspace(ada);
  expect((await ada.put(SETTINGS, completeSettings(stage))).status).toBe(200);
  dataCenterId = (await install(ada)).json.connectionId;
  expect(await connect(stage, ada, 'ada')).toMatchObject({ result: 'linked' });
}, 60_000);
afterAll(() => stage.close());

const sql = <T>(text: string, values: unknown[] = []): Promise<T[]> => stage.inside(DataSource).query<T[]>(text, values);

/** People other than Ada who are linked to any Jira account. */
async function victims(): Promise<number> {
  return (await sql<{ count: number }>(`SELECT count(*)::int AS count FROM links l JOIN users u ON u.id = l.user_id WHERE u.email <> 'ada@example.com'`))[0]!.count;
}

/** A round trip that this browser begins, up to the address that Jira would send it to. */
async function begun(browser: Browser): Promise<URL> {
  const { json } = await browser.post(`${ROUTES}/link`);
  return new URL(stage.sandbox.jiraDataCenter.consent.approve(json.authorizationUrl, DATA_CENTER_KEYS.ben));
}

/** How the round trip ended, as the page is told. */
async function end(browser: Browser, address: URL | string): Promise<string> {
  const { status, headers } = await browser.get(address.toString());
  const { pathname, searchParams } = new URL(headers.get('location') ?? '', stage.url);
  return status === 302 && pathname === '/settings/integrations/return' ? `${searchParams.get('result')} ${searchParams.get('code')}` : `${status} ${pathname}`;
}

function changed(address: URL, values: Record<string, string | null>): URL {
  const url = new URL(address);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url;
}

/** Calls that all token endpoints had. */
const redemptions = (): number => Object.values(stage.sandbox.standIns).flatMap(({ calls }) => calls).filter(({ path }) => /\/oauth(2\/latest)?\/(access_)?token/.test(path)).length;

describe('OAuth: nobody is linked by', () => {
  afterEach(async () => {
    expect(await victims()).toBe(0);
    await sql(`DELETE FROM oauth_attempts`);
  });

  it.each([['a missing state', null], ['an invented state', 'x'.repeat(43)], ['an empty state', ''], ['a state of another alphabet', "' OR 1=1 --"]])('%s', async (_, state) => {
    expect(await end(ben, changed(await begun(ben), { state }))).toBe('expired state_unknown');
  });

  it('a state that another browser brings: login CSRF with the address of the attacker', async () => {
    expect(await end(ben, await begun(eve))).toBe('expired state_unknown');
  });

  it('a state that another person brings in the same browser', async () => {
    const address = await begun(eve);
    ben.setCookie('oauth_browser', eve.cookie('oauth_browser')!);
    expect(await end(ben, address)).toBe('expired state_unknown');
  });

  it('a state that is older than ten minutes', async () => {
    const address = await begun(ben);
    await sql(`UPDATE oauth_attempts SET expires_at = now() - interval '1 second'`);
    expect(await end(ben, address)).toBe('expired state_unknown');
  });

  it('a state of the other Jira, or of a sign-in: mix-up of callback addresses, and no server gets the code of another', async () => {
    const before = redemptions();
    const signIn = new URL((await ben.get('/auth/github')).headers.get('location')!).searchParams.get('state')!;
    const wrongWays = [CLOUD_BACK + (await begun(ben)).search, DATA_CENTER_BACK + (await begunAtAtlassian(ben)).search, `${CLOUD_BACK}?code=x&state=${signIn}`, `${DATA_CENTER_BACK}?code=x&state=${signIn}`];
    for (const address of wrongWays) expect(await end(ben, stage.url + address)).toMatch(/^(expired|failed|wrong_site) (state_unknown|connection_gone|base_url_changed)$/);
    const { search } = await begun(ben);
    expect((await ben.get(`/auth/github/callback${search}`)).headers.get('location')).toMatch(/^\/sign-in\?error=expired/);
    expect(redemptions()).toBe(before);
  });

  it.each([['Jira Data Center', begun], ['Jira Cloud', begunAtAtlassian]])('an answer that names another server as its issuer: mix-up (%s)', async (_, begin) => {
    const before = redemptions();
    const address = await begin(ben);
    for (const iss of ['https://evil.example.org', 'no address']) expect(await end(ben, changed(await begin(ben), { iss }))).toBe('failed unexpected_answer');
    expect(address.searchParams.get('iss')).toBeNull();
    expect(redemptions()).toBe(before);
  });

  it('a code that would go to another server than the one that issued it: mix-up by changed settings', async () => {
    const address = await begun(ben);
    const before = redemptions();
    await ada.put(SETTINGS, { ...completeSettings(stage), baseUrl: `${stage.sandbox.urls.jiraDataCenter}/elsewhere` });
    expect(await end(ben, address)).toBe('wrong_site base_url_changed');
    expect(redemptions()).toBe(before);
    await ada.put(SETTINGS, completeSettings(stage));
  });

  it('a code of another round trip: code injection, which PKCE notices', async () => {
    const stolen = (await begun(eve)).searchParams.get('code');
    expect(await end(ben, changed(await begun(ben), { code: stolen }))).toBe('failed code_refused');
  });

  it('a code without its challenge: every round trip has one, S256 and its own', async () => {
    const urls = [await ben.post(`${ROUTES}/link`), await ben.post(`${ROUTES}/link`)].map(({ json }) => new URL(json.authorizationUrl).searchParams);
    expect(urls.map((query) => [query.get('code_challenge_method'), query.get('code_challenge')])).toEqual(urls.map(() => ['S256', expect.stringMatching(/^[\w-]{43}$/)]));
    expect(urls[0]!.get('code_challenge')).not.toBe(urls[1]!.get('code_challenge'));
    expect(urls[0]!.get('state')).not.toBe(urls[1]!.get('state'));
  });

  it('an error beside a code: nothing is redeemed', async () => {
    const before = redemptions();
    expect(await end(ben, changed(await begun(ben), { error: 'access_denied' }))).toBe('denied access_denied');
    expect(await end(ben, changed(await begun(ben), { error: 'server_error' }))).toBe('failed no_code');
    expect(redemptions()).toBe(before);
  });

  it('two states or two codes', async () => {
    const address = await begun(ben);
    expect(await end(ben, `${address.toString()}&state=x`)).toBe('expired state_unknown');
    expect(await end(ben, `${address.toString()}&code=x`)).toBe('failed no_code');
  });

  it('somebody who is not signed in any more', async () => {
    const address = await begun(eve);
    const visitor = new Browser(stage.url);
    visitor.setCookie('oauth_browser', eve.cookie('oauth_browser')!);
    expect(await end(visitor, address)).toBe('expired signed_out');
  });
});

describe('OAuth: a second time', () => {
  it('neither the state nor the code of a finished round trip does anything', async () => {
    const address = await begun(ben);
    expect(await end(ben, address)).toBe('linked ok');
    expect(await end(ben, address)).toBe('expired state_unknown');
    const again = changed(await begun(ben), { code: address.searchParams.get('code') });
    expect(await end(ben, again)).toBe('failed code_refused');
    expect((await ben.delete(`${ROUTES}/link`)).status).toBe(204);
  });

  it('each server has a callback address of its own, and gets no other', async () => {
    const cloud = (await ben.post('/api/v1/jira-cloud/workspaces/acme/link')).json.authorizationUrl as string;
    const dataCenter = (await ben.post(`${ROUTES}/link`)).json.authorizationUrl as string;
    const [github, gitlab] = await Promise.all(['github', 'gitlab'].map(async (id) => (await new Browser(stage.url).get(`/auth/${id}`)).headers.get('location')!));
    const back = [cloud, dataCenter, github!, gitlab!].map((url) => new URL(url).searchParams.get('redirect_uri'));
    expect(back).toEqual([CLOUD_BACK, DATA_CENTER_BACK, '/auth/github/callback', '/auth/gitlab/callback'].map((path) => stage.url + path));
  });

  it('a state has at least 128 bits that nobody can guess', async () => {
    const { json } = await ben.post(`${ROUTES}/link`);
    expect(Buffer.from(new URL(json.authorizationUrl).searchParams.get('state')!, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
  });
});

describe('Open redirect', () => {
  it.each([
    'https://evil.example.org', '//evil.example.org', '/\\evil.example.org', '\\\\evil.example.org', '/%5cevil.example.org', '/%2f/evil.example.org', '/%09/evil.example.org',
    'javascript:alert(1)', '/.//evil.example.org', '/..//evil.example.org', 'https:evil.example.org', '/\tevil', '@evil.example.org', '/%252f%252fevil.example.org',
  ])('to %s: a sign-in ends on this site', async (wish) => {
    const browser = new Browser(stage.url);
    stage.sandbox.github.consent.autoConsent('ben');
    const consent = await browser.get(`/auth/github?returnTo=${encodeURIComponent(wish)}`);
    const back = await browser.get((await browser.get(consent.headers.get('location')!)).headers.get('location')!);
    stage.sandbox.github.consent.autoConsent(null);
    const target = back.headers.get('location')!;
    expect([back.status, new URL(target, stage.url).origin, /^\/(?![/\\])/.test(target)]).toEqual([302, stage.url, true]);
  });

  it('of an ended round trip leads to no address from the query', async () => {
    const { headers } = await ben.get(`${CLOUD_BACK}?state=x&code=y&returnTo=https://evil.example.org&redirect_uri=https://evil.example.org`);
    expect(headers.get('location')).toMatch(/^\/settings\/integrations\/return\?/);
    expect(headers.get('location')).not.toContain('evil');
  });
});

describe('Session fixation', () => {
  it('a value that was planted before the sign-in means nothing afterwards', async () => {
    const browser = new Browser(stage.url);
    const planted = 'A'.repeat(43);
    browser.setCookie('session', planted);
    await stage.signInWith(browser, 'ben');
    expect(browser.cookie('session')).not.toBe(planted);
    const attacker = new Browser(stage.url);
    attacker.setCookie('session', planted);
    expect((await attacker.get('/api/v1/me')).status).toBe(401);
  });

  it('a value that belonged to somebody ends when somebody else signs in over it', async () => {
    const browser = await stage.signIn('eve');
    const former = browser.cookie('session')!;
    await stage.signInWith(browser, 'ben');
    const attacker = new Browser(stage.url);
    attacker.setCookie('session', former);
    expect((await attacker.get('/api/v1/me')).status).toBe(401);
  });

  it('and both cookies are out of reach of scripts and of foreign forms', async () => {
    const browser = new Browser(stage.url);
    stage.sandbox.github.consent.autoConsent('ben');
    const consent = await browser.get('/auth/github');
    const back = await browser.get((await browser.get(consent.headers.get('location')!)).headers.get('location')!);
    stage.sandbox.github.consent.autoConsent(null);
    for (const cookie of [...consent.headers.getSetCookie(), ...back.headers.getSetCookie()]) expect(cookie).toMatch(/; HttpOnly(;|$).*SameSite=Lax/);
    expect(back.headers.getSetCookie().join()).toContain('session=');
  });
});

interface Route {
  method: string;
  path: string;
}

describe('Rows of others', () => {
  /** What only Ada may see, and the secrets that nobody may. */
  const hers = (): string[] => ['SHOP-12', 'openhands-agent@', 'openhands-bot@', cloudId, dataCenterId, 'Ada Admin', 'ada@example.com', ACCOUNTS.ada, 'sandbox-'];
  let routes: Route[];
  let ids: string[];

  beforeAll(async () => {
    stage.comment('SHOP-12', ACCOUNTS.ada, '@openhands please');
    const { id, jobId } = await stage.decided(ada, 'SHOP-12');
    const token = (await ada.post('/api/v1/me/api-tokens', { name: 'of Ada' })).json.id as string;
    ids = [cloudId, dataCenterId, id, jobId ?? id, token, 'acme', stage.sandbox.jira.host, UNKNOWN_ID];
    const { paths } = (await (await fetch(`${stage.url}/api/openapi.json`)).json()) as { paths: Record<string, Record<string, { security?: unknown[] }>> };
    routes = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).filter(([, { security }]) => security === undefined).map(([method]) => ({ method: method.toUpperCase(), path })));
    expect(routes.length).toBeGreaterThan(25);
  });

  /** Every closed route, with every id that there is; what the caller does to itself is left out. */
  async function walk(call: (method: string, address: string) => Promise<Answer>, leftOut: RegExp): Promise<{ name: string; status: number; text: string }[]> {
    const answers = [];
    for (const { method, path } of routes.filter((one) => !leftOut.test(`${one.method} ${one.path}`))) {
      for (const id of /\{/.test(path) ? ids : ['']) {
        const address = path.replaceAll(/\{[^}]+\}/g, id);
        const { status, text } = await call(method, address);
        answers.push({ name: `${method} ${address}`, status, text: text.replaceAll(id || address, '') });
      }
    }
    return answers;
  }

  it('give nobody anything, on any route by any id', async () => {
    const nobody = new Browser(stage.url);
    const answers = await walk((method, address) => nobody.request(method, address), /^$/);
    expect(answers.filter(({ status }) => status !== 401)).toEqual([]);
  });

  it('give somebody else nothing, on any route by any id', async () => {
    // Linking oneself to a workspace is open to everybody who can prove an account there; so is asking whether a workspace is connected.
    const answers = await walk((method, address) => eve.request(method, address, method === 'GET' ? undefined : {}), /(POST|DELETE) .+\/link$|GET .+\/workspaces\/\{/);
    // The one Jira Data Center belongs to everybody of the installation: whoever may link an account there sees the record of it.
    const ofEverybody = ['openhands-bot@', dataCenterId];
    const isHers = (name: string, word: string): boolean => !(name === 'GET /api/v1/integrations' && ofEverybody.includes(word));
    expect(answers.filter(({ name, text }) => hers().some((word) => isHers(name, word) && text.includes(word))).map(({ name, text }) => `${name}: ${text.slice(0, 300)}`)).toEqual([]);
    const mayBeAnswered = /^GET \/api\/v1\/(me|me\/api-tokens|integrations|deliveries|deliveries\/[a-z]+|jobs)$|^GET \/api\/v1\/(me|jira-cloud|jira-data-center|integrations)/;
    expect(answers.filter(({ name, status }) => status < 400 && !mayBeAnswered.test(name)).map(({ name, status }) => `${name} ${status}`)).toEqual([]);
  });

  it('change nothing: both connections are as they were', async () => {
    expect(await sql(`SELECT status FROM connections WHERE id IN ($1, $2)`, [cloudId, dataCenterId])).toEqual([{ status: 'active' }, { status: 'active' }]);
    expect((await ada.get('/api/v1/me/api-tokens')).json.items.length).toBe(1);
  });
});

describe('CSRF', () => {
  it.each(['https://evil.example.org', 'null', 'http://localhost', undefined])('from a page of %s changes nothing', async (origin) => {
    const before = await sql('SELECT version FROM connections ORDER BY id');
    const headers = { cookie: `session=${ada.cookie('session')!}`, 'content-type': 'application/json', ...(origin !== undefined && { origin }) };
    const attempts: [string, string, string][] = [['PATCH', `/api/v1/jira-cloud/workspaces/${cloudId}`, '{"active":false}'], ['DELETE', '/api/v1/jira-cloud/link', ''], ['DELETE', `${ROUTES}/connection`, ''], ['POST', '/auth/sign-out', ''], ['PUT', SETTINGS, '{"enabled":false}']];
    for (const [method, path, body] of attempts) {
      const answer = await fetch(`${stage.url}${path}`, { method, headers, ...(body && { body }) });
      expect([path, answer.status >= 403]).toEqual([path, true]);
    }
    expect(await sql('SELECT version FROM connections ORDER BY id')).toEqual(before);
    expect((await ada.get('/api/v1/me')).status).toBe(200);
  });

  it('with a form that a page can send without asking is no JSON, and refused', async () => {
    const headers = { cookie: `session=${ada.cookie('session')!}`, origin: stage.url };
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      expect((await fetch(`${stage.url}/api/v1/me/api-tokens`, { method: 'POST', headers: { ...headers, 'content-type': type }, body: '{"name":"x"}' })).status).toBe(415);
    }
  });

  it('from another origin may not read either: no answer allows it', async () => {
    for (const path of ['/api/v1/me', '/auth/providers', '/api/openapi.json', '/healthz']) {
      const { headers } = await fetch(`${stage.url}${path}`, { headers: { origin: 'https://evil.example.org', cookie: `session=${ada.cookie('session')!}` } });
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

describe('Headers of every kind of answer', () => {
  const kinds: [string, () => Promise<Answer>][] = [
    ['a page', () => ada.get('/')], ['an answer', () => ada.get('/api/v1/me')], ['a problem', () => new Browser(stage.url).get('/api/v1/me')], ['nothing at this address', () => ada.get('/nowhere')],
    ['a redirect', () => ada.get('/auth/github')], ['the end of a round trip', () => ada.get(CLOUD_BACK)], ['a refused delivery', () => stage.deliver(cloudId, '{}', { 'x-hub-signature': 'x' })],
    ['the documentation', () => ada.get('/api/docs')], ['the health', () => ada.get('/healthz')],
  ];

  it.each(kinds)('of %s keep it out of frames, keep addresses to themselves, and name no software', async (_, call) => {
    const { headers } = await call();
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).toMatch(/frame-ancestors 'none'/);
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|script-src[^;]*\*/);
    expect([headers.get('referrer-policy'), headers.get('x-content-type-options'), headers.get('x-powered-by'), headers.get('server')]).toEqual(['no-referrer', 'nosniff', null, null]);
  });

  it('of everything personal let nobody keep a copy, above all where a secret is shown', async () => {
    const answers = [await ada.get('/api/v1/me'), await ada.get('/api/v1/integrations'), await ada.post('/api/v1/me/api-tokens', { name: 'x' }), await ada.put(`${ROUTES}/webhook`, { mode: 'manual' }), await ada.get('/auth/github'), await ada.get(DATA_CENTER_BACK)];
    expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(answers.map(() => 'no-store'));
    expect(answers[3]!.json.secret).toEqual(expect.any(String));
  });
});

describe('Behind a proxy that ends https', () => {
  let app: Awaited<ReturnType<typeof createServer>>;

  beforeAll(async () => {
    const config = readConfig({ PUBLIC_URL: 'https://openhands-jira.example.com', TRUSTED_PROXY_HOPS: '1', PROCESS_ROLE: 'api', LOG_LEVEL: 'silent', ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`, GITHUB_CLIENT_ID: 'x', GITHUB_CLIENT_SECRET: 'x' });
    app = await createServer(config, stage.database.url);
    await app.init();
  });
  afterAll(() => app.close());

  it('all answers over https demand https for a year, and cookies go over https only', async () => {
    for (const url of ['/', '/api/v1/me', '/healthz']) expect((await app.inject(url)).headers['strict-transport-security']).toMatch(/^max-age=31536000\b/);
    expect((await app.inject('/auth/github')).headers['set-cookie']).toMatch(/^oauth_browser=.+; Secure/);
  });

  it('a caller is who the proxy says, whatever the caller wrote before it', async () => {
    const stopped = async (forwardedFor: (at: number) => string): Promise<number> => {
      // More than twice the limit: the minute may end in between.
      const answers = await Promise.all(Array.from({ length: 230 }, (_, at) => app.inject({ url: '/auth/github', headers: { 'x-forwarded-for': forwardedFor(at) } })));
      return answers.filter(({ headers }) => String(headers.location).includes('too_many_requests')).length;
    };
    expect(await stopped((at) => `198.51.100.${at}, 192.0.2.7`)).toBeGreaterThan(0);
    expect(await stopped((at) => `192.0.2.7, 203.0.113.${at}`)).toBe(0);
  });
});

describe('Addresses at which there is nothing', () => {
  it.each([
    '/.git/config', '/.env', '/package.json', '/encryption-keys', '/apps/api/dist/main.js', '/assets', '/assets/', '/assets/../index.html', '/assets/%2e%2e/index.html', '/assets/..%2f..%2f..%2f..%2fpackage.json', '/assets/..%5c..%5cpackage.json',
    '/metrics/../../package.json', '//etc/passwd', '/server-status', '/debug', '/assets/%00', '/assets/.vite/manifest.json',
  ])('%s gives no file and no list of files', async (path) => {
    const sender = new Sender(stage.url);
    const { status, text } = await sender.send(path, { method: 'GET' });
    sender.close();
    expect([path, status >= 400 && status < 500]).toEqual([path, true]);
    expect(text).not.toMatch(/\[core\]|"dependencies"|root:|index\.html|\.js"/);
  });

  it('dots after the address of a page lead to the page and to no file', async () => {
    const sender = new Sender(stage.url);
    const { status, headers, text } = await sender.send('/settings/../../package.json', { method: 'GET' });
    sender.close();
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('<title>');
    expect(text).not.toContain('"dependencies"');
  });

  it.each(['TRACE', 'TRACK', 'PROPFIND', 'SEARCH'])('the method %s says nothing back', async (method) => {
    const sender = new Sender(stage.url);
    const answers = await Promise.all(['/', '/api/v1/me', `/integration/jira/connections/${cloudId}/events`].map((path) => sender.send(path, { method, headers: { cookie: 'session=told-back' } }).catch(() => ({ status: 400, text: '' }))));
    sender.close();
    for (const { status, text } of answers) expect([status >= 400 && status < 500, text.includes('told-back')]).toEqual([true, false]);
  });
});

/** The same with Atlassian. */
async function begunAtAtlassian(browser: Browser): Promise<URL> {
  const { json } = await browser.post('/api/v1/jira-cloud/workspaces/acme/link');
  return new URL(stage.sandbox.atlassian.consent.approve(json.authorizationUrl, ACCOUNTS.ben));
}
