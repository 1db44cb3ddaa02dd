/** The REST contract: what each route of sign-in, integrations, deliveries, jobs and operations answers, to whom. */
import {
  AgentKeyState, ApiTokenPage, AuthorizationRedirect, BulkReplayAccepted, ConnectionHealth, ConnectionRulesView, ConnectionTestHistory, CreatedApiToken, DEFAULT_RULES, DeliveryDetail, DeliveryPage, Diagnostics, HealthAnswer, Integrations, IssueSights, JobAccepted, JobDetail, JobPage, KnownPersonPage, Me, OwnedConnection, OwnedConnectionPage,
  PersonLinkPage, ProblemBody, PublicDecision, ReplayAccepted, RulesPreview, ServiceAccountCheck, SignInProvider, UnlinkedAccountPage, Workspace, WorkspaceCreated,
} from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Answer, Browser } from '../../../tools/sandbox/browser.ts';
import { NAMED_SCRIPTS } from '../../../tools/sandbox/openhands/scripts.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { ACCOUNTS, CREDENTIALS, Stage } from './stage.js';

const ADMIN_TOKEN = 'the-administrator-token-of-the-stories';
const UNKNOWN_ID = '019aa000-0000-7000-8000-000000000000';
const VERSION_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

interface Route {
  method: string;
  path: string;
  isPublic: boolean;
}

let stage: Stage;
/** Owns the connection; an installation administrator. */
let ada: Browser;
/** Linked; asked for the job. */
let ben: Browser;
/** Signed in, and no more. */
let eve: Browser;
let routes: Route[];
let connectionId: string;
let deliveryId: string;
let jobId: string;

beforeAll(async () => {
  stage = await Stage.open();
  [ada, ben, eve] = [await stage.signIn('ada'), await stage.signIn('ben'), await stage.signIn('eve')];
  connectionId = await stage.connectWorkspace(ada);
  await stage.link(ben, ACCOUNTS.ben);
  stage.comment('SHOP-13', ACCOUNTS.ben, 'Nothing for anybody.');
  await stage.decided(ada, 'SHOP-13');
  stage.comment('SHOP-12', ACCOUNTS.ben, '@openhands please fix the rounding');
  ({ id: deliveryId, jobId } = await stage.decided(ada, 'SHOP-12'));
  await jobIs('succeeded');
  routes = await describedRoutes();
});
afterAll(() => stage.close());

function jobIs(state: string, id = jobId): Promise<unknown> {
  return eventually(async () => (await ada.get(`/api/v1/jobs/${id}`)).json.state, (seen) => seen === state, `the job to be ${state}`);
}

/** Every route that the service tells of itself, so that a new one cannot be forgotten here. */
async function describedRoutes(): Promise<Route[]> {
  const { paths } = (await (await fetch(`${stage.url}/api/openapi.json`)).json()) as { paths: Record<string, Record<string, { security?: unknown[] }>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({ method: method.toUpperCase(), path, isPublic: security?.length === 0 })));
}

/** A route with a well-formed id in place of its parameters. */
const addressOf = (route: Route, id: string = UNKNOWN_ID): string => route.path.replaceAll(/\{[^}]+\}/g, id);

/** One request of nobody in particular, with these headers. */
async function call(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  const answer = await fetch(`${stage.url}${path}`, { method, headers, redirect: 'manual', ...(body !== undefined && { body }) });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, url: answer.url, json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined };
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** The problem in an answer, checked for its form. */
function problemOf(answer: Answer): { status: number; code: string } {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = z.strictObject(ProblemBody.shape).parse(answer.json);
  expect(problem.status).toBe(answer.status);
  expect(problem.detail).toMatch(/^[A-Z].*[.!?]$/s);
  return { status: answer.status, code: problem.code };
}

/** The body of a good answer, exactly as the contract has it: no field more. */
function exactly<T extends z.ZodObject>(schema: T, answer: Answer, status = 200): z.infer<T> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  return z.strictObject(schema.shape).parse(answer.json) as z.infer<T>;
}

describe('Every closed route', () => {
  it('answers 401 without credentials', async () => {
    const closed = routes.filter((route) => !route.isPublic);
    expect(closed.length).toBeGreaterThan(15);
    for (const route of closed) {
      const answer = await call(route.method, addressOf(route));
      expect({ ...route, ...problemOf(answer) }).toEqual({ ...route, status: 401, code: 'unauthenticated' });
    }
  });

  it('answers 401 to a token that is wrong, even beside a good cookie', async () => {
    const cookie = `session=${ada.cookie('session')}`;
    for (const route of routes.filter((one) => !one.isPublic)) {
      const answer = await call(route.method, addressOf(route), { ...bearer('ohj_wrong'), cookie, origin: stage.url });
      expect({ ...route, status: answer.status }).toEqual({ ...route, status: 401 });
    }
  });

  it('answers 403 to a change that another site sends with the cookie', async () => {
    const changes = routes.filter((route) => !route.isPublic && route.method !== 'GET');
    expect(changes.length).toBeGreaterThan(5);
    const session = { cookie: `session=${ada.cookie('session')}` };
    for (const route of changes) {
      for (const origin of ['https://evil.example.org', 'null', null]) {
        const answer = await call(route.method, addressOf(route), { ...session, ...(origin && { origin }) });
        expect({ ...route, ...problemOf(answer) }).toEqual({ ...route, status: 403, code: 'origin_mismatch' });
      }
    }
  });
});

describe('Every route of administrators', () => {
  it('answers 403 to others who are signed in', async () => {
    const theirs = routes.filter((route) => /^\/(api\/v1\/admin\/|metrics)/.test(route.path));
    expect(theirs.length).toBeGreaterThan(0);
    for (const route of theirs) {
      const answer = await eve.request(route.method, addressOf(route));
      expect({ ...route, ...problemOf(answer) }).toEqual({ ...route, status: 403, code: 'forbidden' });
    }
  });
});

describe('Every public route', () => {
  it('asks nobody who they are', async () => {
    for (const route of routes.filter((one) => one.isPublic)) {
      const { status } = await call(route.method, addressOf(route));
      expect({ ...route, status }).not.toMatchObject({ status: 401 });
    }
  });
});

/** What routes need to look for their row at all. */
const BODIES: [string, object][] = [['/try', { payload: '', as: 'signed' }], ['/loop-test', { issueKey: 'SHOP-1' }], ['/rules', DEFAULT_RULES]];

describe('Rows of others', () => {
  it('answer 404 like rows that do not exist, on every route that names one', async () => {
    const token = exactly(CreatedApiToken, await ada.post('/api/v1/me/api-tokens', { name: 'of Ada' }), 201);
    const ids = { deliveries: deliveryId, jobs: jobId, connections: connectionId, 'api-tokens': token.id };
    const idFor = (path: string): string => ids[/(deliveries|jobs|connections|api-tokens)\/\{/.exec(path)![1] as keyof typeof ids];
    const named = routes.filter((route) => !route.isPublic && /\/v1(\/me)?\/(deliveries|jobs|connections|api-tokens)\/\{id\}/.test(route.path));
    expect(named.map((route) => route.path)).toContain('/api/v1/connections/{id}/links');
    expect(named.length).toBeGreaterThan(5);
    for (const route of named) {
      // Who sends what nobody understands learns that first, and nothing about the row.
      const body = route.method === 'GET' ? undefined : BODIES.find(([part]) => route.path.includes(part))?.[1];
      const [strangers, unknown] = [await eve.request(route.method, addressOf(route, idFor(route.path)), body), await eve.request(route.method, addressOf(route), body)];
      expect({ ...route, ...problemOf(strangers) }).toEqual({ ...route, status: 404, code: 'not_found' });
      expect(strangers.text).toBe(unknown.text);
    }
    expect((await ada.delete(`/api/v1/me/api-tokens/${token.id}`)).status).toBe(204);
  });

  it('show of a delivery only how it was decided, to readers of the issue who have the link', async () => {
    const decision = exactly(PublicDecision, await call('GET', `/api/v1/deliveries/${deliveryId}/decision`));
    expect(decision).toMatchObject({ outcome: 'job', reason: 'started' });
    expect(problemOf(await call('GET', `/api/v1/deliveries/${UNKNOWN_ID}/decision`))).toEqual({ status: 404, code: 'not_found' });
  });

  it('are not in lists', async () => {
    for (const list of ['/api/v1/deliveries', '/api/v1/jobs', '/api/v1/me/api-tokens']) expect((await eve.get(list)).json).toEqual({ items: [], nextCursor: null });
    expect(exactly(Integrations, await eve.get('/api/v1/integrations')).items[0]).toMatchObject({ connection: null, link: null });
  });

  it('are named as such when the workspace is to be changed', async () => {
    expect(problemOf(await eve.patch(`/api/v1/jira-cloud/workspaces/${connectionId}`, { active: false }))).toEqual({ status: 403, code: 'not_owner' });
    expect(problemOf(await eve.patch(`/api/v1/jira-cloud/workspaces/${UNKNOWN_ID}`, { active: false }))).toEqual({ status: 404, code: 'not_found' });
  });
});

describe('Requests that cannot be read', () => {
  const asBen = (): Record<string, string> => ({ cookie: `session=${ben.cookie('session')}`, origin: stage.url });
  const json = { 'content-type': 'application/json' };

  it.each([
    ['a body that is not JSON', 'PUT', '/api/v1/me/agent', json, '{"apiKey":', 400, 'validation_failed'],
    ['a body that is no object', 'PUT', '/api/v1/me/agent', json, '[]', 400, 'validation_failed'],
    ['no body', 'POST', '/api/v1/jira-cloud/workspaces', json, undefined, 400, 'validation_failed'],
    ['another media type', 'PUT', '/api/v1/me/agent', { 'content-type': 'text/plain' }, 'apiKey=x', 415, 'unsupported_media_type'],
    ['more than a megabyte', 'PUT', '/api/v1/me/agent', json, JSON.stringify({ apiKey: 'x'.repeat(1024 * 1024) }), 413, 'payload_too_large'],
    ['an id that is none', 'GET', '/api/v1/jobs/17', {}, undefined, 400, 'validation_failed'],
    ['a limit that is too large', 'GET', '/api/v1/jobs?limit=101', {}, undefined, 400, 'validation_failed'],
    ['a limit of nothing', 'GET', '/api/v1/deliveries?limit=0', {}, undefined, 400, 'validation_failed'],
    ['a cursor that no list gave out', 'GET', '/api/v1/deliveries?cursor=next', {}, undefined, 400, 'validation_failed'],
    ['the same of jobs', 'GET', '/api/v1/jobs?cursor=next', {}, undefined, 400, 'validation_failed'],
    ['a state that does not exist', 'GET', '/api/v1/jobs?state=done', {}, undefined, 400, 'validation_failed'],
    ['an address that does not exist', 'GET', '/api/v1/nothing', {}, undefined, 404, 'not_found'],
    ['a method that does not exist', 'DELETE', '/api/v1/jobs', {}, undefined, 404, 'not_found'],
  ])('with %s', async (_, method, path, headers, body, status, code) => {
    expect(problemOf(await call(method, path, { ...asBen(), ...headers }, body))).toEqual({ status, code });
  });

  it('name the field', async () => {
    const { errors } = ProblemBody.parse((await ben.post('/api/v1/me/api-tokens', { name: '', expiresInDays: 0 })).json);
    expect(errors?.map((one) => one.path)).toEqual(['name', 'expiresInDays']);
  });
});

describe('Sign-in', () => {
  it('GET /auth/providers gives the configured ones', async () => {
    const answer = await call('GET', '/auth/providers');
    expect(z.array(z.strictObject(SignInProvider.shape)).parse(answer.json)).toEqual([
      { id: 'github', name: 'GitHub', signInUrl: '/auth/github' },
      { id: 'gitlab', name: 'GitLab', signInUrl: '/auth/gitlab' },
    ]);
  });

  it('GET /auth/{provider} leads to the provider, with a state, PKCE and a cookie of this browser', async () => {
    const answer = await call('GET', '/auth/gitlab?returnTo=/activity');
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([302, 'no-store']);
    expect(Object.fromEntries(new URL(answer.headers.get('location')!).searchParams)).toMatchObject({
      response_type: 'code', state: expect.stringMatching(/^[\w-]{43}$/), code_challenge_method: 'S256', code_challenge: expect.any(String), redirect_uri: `${stage.url}/auth/gitlab/callback`,
    });
    expect(answer.headers.get('set-cookie')).toMatch(/^oauth_browser=.*HttpOnly; SameSite=Lax/);
  });

  it('GET /api/v1/me tells who calls', async () => {
    expect(exactly(Me, await ada.get('/api/v1/me'))).toMatchObject({ name: 'Ada Admin', isAdmin: true, identities: [{ provider: 'github', host: 'localhost', login: 'ada', state: 'active' }], agent: { apiKeySet: false, installationKeySet: true } });
  });

  it('PUT /api/v1/me/agent takes a key, tells that it is set, and removes it', async () => {
    expect(exactly(AgentKeyState, await ben.put('/api/v1/me/agent', { apiKey: CREDENTIALS.openhandsKeyOfBen }))).toEqual({ apiKeySet: true });
    expect(exactly(Me, await ben.get('/api/v1/me')).agent).toEqual({ apiKeySet: true, installationKeySet: true });
    const wrong = await ben.put('/api/v1/me/agent', { apiKey: 'not-a-key' });
    expect([problemOf(wrong), wrong.json.errors[0].path]).toEqual([{ status: 422, code: 'agent_rejected_key' }, 'apiKey']);
    expect(exactly(AgentKeyState, await ben.put('/api/v1/me/agent', { apiKey: null }))).toEqual({ apiKeySet: false });
  });

  it('API tokens are shown once, act as their person, and end', async () => {
    const made = await ben.post('/api/v1/me/api-tokens', { name: 'nightly', expiresInDays: 90 });
    const { id, token } = exactly(CreatedApiToken, made, 201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const list = await ben.get('/api/v1/me/api-tokens');
    expect(list.text).not.toContain(token);
    expect(exactly(ApiTokenPage, list).items).toEqual([expect.objectContaining({ id, name: 'nightly' })]);
    expect((await call('GET', '/api/v1/me', bearer(token))).json.name).toBe('Ben Builder');
    expect((await call('PUT', '/api/v1/me/agent', { ...bearer(token), 'content-type': 'application/json' }, '{"apiKey":null}')).status).toBe(200);
    const removed = await ben.delete(`/api/v1/me/api-tokens/${id}`);
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect((await call('GET', '/api/v1/me', bearer(token))).status).toBe(401);
  });

  it('POST /auth/sign-out ends the session', async () => {
    const browser = await stage.signIn('eve');
    const answer = await browser.post('/auth/sign-out');
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(problemOf(await browser.get('/api/v1/me'))).toEqual({ status: 401, code: 'unauthenticated' });
  });
});

describe('The administrator token of the environment', () => {
  it('sees everything and is nobody', async () => {
    const get = (path: string): Promise<Answer> => call('GET', path, bearer(ADMIN_TOKEN));
    expect(exactly(JobPage, await get('/api/v1/jobs')).items.map((one) => one.id)).toContain(jobId);
    expect(exactly(DeliveryDetail, await get(`/api/v1/deliveries/${deliveryId}`)).payload).not.toBeNull();
    expect(exactly(Integrations, await get('/api/v1/integrations')).items[0]).toMatchObject({ connection: null, capabilities: ['view_deliveries', 'replay'] });
    expect(problemOf(await get('/api/v1/me'))).toEqual({ status: 403, code: 'forbidden' });
    expect(problemOf(await call('POST', '/api/v1/jira-cloud/workspaces/acme/link', bearer(ADMIN_TOKEN)))).toEqual({ status: 403, code: 'forbidden' });
  });
});

describe('Jira Cloud', () => {
  it('GET /api/v1/integrations gives one entry per product', async () => {
    const { items } = exactly(Integrations, await ada.get('/api/v1/integrations'));
    expect(items.map((one) => one.product)).toEqual(['jira-cloud', 'jira-data-center']);
    expect(items[0]).toMatchObject({
      state: 'active', linkMethod: 'oauth', link: { jiraDisplayName: 'Ada Admin', jiraAccountId: ACCOUNTS.ada, method: 'oauth' }, capabilities: expect.arrayContaining(['edit', 'unlink', 'view_deliveries', 'replay']),
      connection: { id: connectionId, site: 'acme.atlassian.net', siteUrl: 'https://acme.atlassian.net', status: 'active', ownedByCaller: true, webhook: { url: `${stage.url}/integration/jira/connections/${connectionId}/events`, sharedUrl: `${stage.url}/integration/jira/events` } },
    });
    expect(items[0]).toMatchObject({ linkedPeople: expect.any(Number), trigger: { mention: '@openhands', label: 'openhands' }, sharedWebhookUrl: `${stage.url}/integration/jira/events` });
    expect(items[1]).toMatchObject({ state: 'disabled', connection: null, reasons: [{ code: expect.any(String), detail: expect.any(String) }] });
  });

  it('looks up, connects, changes and links with the answers of the contract', async () => {
    const { jira } = stage.sandbox;
    expect(exactly(Workspace, await eve.get('/api/v1/jira-cloud/workspaces/acme'))).toEqual({ site: jira.host, status: 'active' });
    expect(problemOf(await eve.get('/api/v1/jira-cloud/workspaces/globex'))).toEqual({ status: 404, code: 'not_found' });
    const fields = { site: jira.host, webhookSecret: CREDENTIALS.webhookSecret, serviceAccountEmail: CREDENTIALS.serviceAccountEmail, serviceAccountApiToken: CREDENTIALS.serviceAccountToken };
    const { webhookSecret: _, ...account } = fields;
    expect(exactly(ServiceAccountCheck, await ada.post('/api/v1/jira-cloud/service-account-checks', account))).toMatchObject({ ok: true, failure: null });
    expect(problemOf(await eve.post('/api/v1/jira-cloud/service-account-checks', account))).toEqual({ status: 409, code: 'conflict' });
    expect(exactly(WorkspaceCreated, await ada.post('/api/v1/jira-cloud/workspaces', fields)).connectionId).toBe(connectionId);
    expect(problemOf(await eve.post('/api/v1/jira-cloud/workspaces', fields))).toEqual({ status: 409, code: 'conflict' });
    exactly(AuthorizationRedirect, await ada.patch(`/api/v1/jira-cloud/workspaces/${connectionId}`, { active: true }));
    exactly(AuthorizationRedirect, await eve.post('/api/v1/jira-cloud/workspaces/acme/link'));
    const unlinked = await eve.delete('/api/v1/jira-cloud/link');
    expect([unlinked.status, unlinked.text]).toEqual([204, '']);
  });

  it.each(['', '?state=x&code=y', '?error=access_denied', '?error=server_error&state=x'])('GET /integration/jira/callback%s always ends on the page', async (query) => {
    const answer = await ada.get(`/integration/jira/callback${query}`);
    expect(answer.status).toBe(302);
    const { pathname, searchParams } = new URL(answer.headers.get('location')!, stage.url);
    expect([pathname, searchParams.get('product')]).toEqual(['/settings/integrations/return', 'jira-cloud']);
    expect(searchParams.get('result')).toMatch(/^(linked|configured|denied|expired|wrong_site|conflict|failed)$/);
    expect(searchParams.get('code')).toMatch(/^[a-z_]+$/);
  });
});

describe('Connections', () => {
  it('tell administrators who owns them, and their owner who is linked', async () => {
    expect(exactly(OwnedConnectionPage, await ada.get('/api/v1/admin/connections')).items).toEqual([{ id: connectionId, product: 'jira-cloud', site: 'acme.atlassian.net', status: 'active', owner: { id: expect.any(String), name: 'Ada Admin' }, linkedPeople: 2 }]);
    expect(exactly(PersonLinkPage, await ada.get(`/api/v1/connections/${connectionId}/links?search=build`)).items).toMatchObject([{ person: { name: 'Ben Builder' }, connectionId, ownsConnection: false }]);
    for (const place of [`connections/${connectionId}`, 'admin']) expect(exactly(UnlinkedAccountPage, await ada.get(`/api/v1/${place}/unlinked-accounts`)).items).toEqual([]);
    expect(exactly(KnownPersonPage, await ada.get(`/api/v1/admin/users?linkedOn=${connectionId}`)).items.map((one) => one.name)).toEqual(['Ben Builder', 'Ada Admin']);
  });

  it('have rules, which their owner and administrators read, try and replace', async () => {
    const path = `/api/v1/connections/${connectionId}/rules`;
    const defaults = { rules: DEFAULT_RULES, mayChangeApps: true, gitHosts: expect.arrayContaining(['localhost']) };
    expect(exactly(ConnectionRulesView, await ada.get(path))).toEqual(defaults);
    const rules = { ...DEFAULT_RULES, projects: [{ key: 'HELP', defaultRepository: null, gate: { labels: ['ready'], statuses: ['To Do'], fields: ['priority'] } }], allowedApps: ['Release robot'] };
    expect(exactly(RulesPreview, await ada.post(`${path}/preview`, rules))).toMatchObject({ moreWouldStart: 0, fewerWouldStart: 0, examples: [] });
    expect(exactly(ConnectionRulesView, await ada.put(path, rules)).rules).toEqual(rules);
    const byToken = await call('GET', path, bearer(ADMIN_TOKEN));
    expect(exactly(ConnectionRulesView, byToken)).toMatchObject({ rules, mayChangeApps: false });
    const changed = await call('PUT', path, { ...bearer(ADMIN_TOKEN), 'content-type': 'application/json' }, JSON.stringify(DEFAULT_RULES));
    expect(problemOf(changed)).toEqual({ status: 403, code: 'forbidden' });
    expect(problemOf(await ada.put(path, {}))).toEqual({ status: 400, code: 'validation_failed' });
    expect(exactly(ConnectionRulesView, await ada.put(path, DEFAULT_RULES))).toEqual(defaults);
  });

  it('are tested as they are saved, and tell the owner and linked people whether an issue is seen', async () => {
    const { items } = exactly(ConnectionHealth, await ada.post(`/api/v1/connections/${connectionId}/test`));
    expect(items.filter((one) => one.result === 'fail')).toEqual([]);
    expect(items.map((one) => one.check)).toEqual(['dns', 'tcp', 'tls', 'site', 'token', 'scopes', 'permissions', 'oauth_client', 'oauth_return', 'token_end', 'last_accepted', 'last_rejected', 'refusals', 'signing_secret', 'no_job', 'hidden_emails', 'unknown_calls']);
    expect(exactly(ConnectionTestHistory, await ada.get(`/api/v1/connections/${connectionId}/tests`))).toEqual({ latest: { testedAt: expect.any(String), items }, days: [{ day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), checks: items.map(({ check, result, tookMs }) => ({ check, result, ...(tookMs !== undefined && { tookMs }) })) }], callbackUrl: expect.stringMatching(/\/integration\/jira\/callback$/) });
    expect(exactly(IssueSights, await ben.get('/api/v1/issue-sight?issueKey=SHOP-12')).items).toMatchObject([{ connectionId, seen: 'yes', lastDeliveryAt: expect.any(String) }]);
    expect(exactly(IssueSights, await eve.get('/api/v1/issue-sight?issueKey=SHOP-12')).items).toEqual([]);
  });

  it('are handed over and taken back', async () => {
    const owner = `/api/v1/admin/connections/${connectionId}/owner`;
    const idOf = async (browser: Browser): Promise<string> => exactly(Me, await browser.get('/api/v1/me')).id;
    expect(exactly(OwnedConnection, await ada.post(owner, { userId: await idOf(ben) }))).toMatchObject({ id: connectionId, status: 'active', owner: { name: 'Ben Builder' } });
    expect(exactly(PersonLinkPage, await ben.get(`/api/v1/connections/${connectionId}/links`)).items).toHaveLength(2);
    expect(exactly(Diagnostics, await ben.get(`/api/v1/connections/${connectionId}/diagnostics`))).toMatchObject({ connection: { id: connectionId }, installation: null });
    expect(exactly(Diagnostics, await ada.get(`/api/v1/connections/${connectionId}/diagnostics`)).installation).not.toBeNull();
    expect(problemOf(await ada.post(owner, { userId: await idOf(ben) }))).toEqual({ status: 409, code: 'conflict' });
    expect(problemOf(await ada.post(owner, { userId: UNKNOWN_ID }))).toEqual({ status: 400, code: 'validation_failed' });
    exactly(OwnedConnection, await ada.post(owner, { userId: await idOf(ada) }));
    expect(problemOf(await ben.get(`/api/v1/connections/${connectionId}/links`))).toEqual({ status: 404, code: 'not_found' });
  });
});

describe('Deliveries', () => {
  it('are listed newest first, page by page', async () => {
    const all = exactly(DeliveryPage, await ada.get('/api/v1/deliveries?limit=100')).items.map((one) => one.id);
    expect(all).toEqual([...all].sort().reverse());
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: z.infer<typeof DeliveryPage> = exactly(DeliveryPage, await ada.get(`/api/v1/deliveries?limit=1${cursor && `&cursor=${cursor}`}`));
      expect(page.items).toHaveLength(1);
      paged.push(page.items[0]!.id);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all);
  });

  it.each(['outcome=job', 'issueKey=SHOP-12', 'outcome=job&issueKey=SHOP-12'])('are filtered by %s', async (filter) => {
    const { items } = exactly(DeliveryPage, await ada.get(`/api/v1/deliveries?${filter}`));
    const wanted = Object.fromEntries(new URLSearchParams(filter));
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(item).toMatchObject(wanted);
  });

  it('are filtered by their connection', async () => {
    expect(exactly(DeliveryPage, await ada.get(`/api/v1/deliveries?connectionId=${connectionId}`)).items.length).toBeGreaterThan(0);
    expect(exactly(DeliveryPage, await ada.get(`/api/v1/deliveries?connectionId=${UNKNOWN_ID}`)).items).toEqual([]);
  });

  it('tell their decision step by step; headers and payload only to the owner and administrators', async () => {
    const owners = exactly(DeliveryDetail, await ada.get(`/api/v1/deliveries/${deliveryId}`));
    expect(owners).toMatchObject({ connectionId, event: 'comment_created', issueKey: 'SHOP-12', actor: 'Ben Builder', outcome: 'job', reason: 'started', jobId, origin: 'webhook' });
    expect(owners.trace.map((step) => step.step)).toEqual(expect.arrayContaining(['signature']));
    expect(owners.payload).toMatchObject({ webhookEvent: 'comment_created' });
    expect(Object.keys(owners.headers!)).not.toContain('x-hub-signature');
    const members = exactly(DeliveryDetail, await ben.get(`/api/v1/deliveries/${deliveryId}`));
    expect(members).toEqual({ ...owners, manages: false, headers: null, payload: null, payloadKeptUntil: null });
  });

  it('are decided again as new ones that name their origin, and start nothing twice', async () => {
    expect(problemOf(await ben.post(`/api/v1/deliveries/${deliveryId}/replay`))).toEqual({ status: 403, code: 'forbidden' });
    const { deliveryId: again } = exactly(ReplayAccepted, await ada.post(`/api/v1/deliveries/${deliveryId}/replay`), 202);
    const decided = await eventually(async () => (await ada.get(`/api/v1/deliveries/${again}`)).json, (one) => one.outcome !== 'pending', 'the replay to be decided');
    expect(decided).toMatchObject({ origin: 'replay', originDeliveryId: deliveryId, outcome: 'ignored', reason: 'duplicate_trigger' });
  });

  it('are decided again by a filter', async () => {
    expect(exactly(BulkReplayAccepted, await ada.post('/api/v1/deliveries/replay', { outcome: 'failed' }), 202)).toEqual({ accepted: 0, skipped: 0, nextCursor: null });
    expect(problemOf(await ada.post('/api/v1/deliveries/replay', { outcome: 'job' }))).toEqual({ status: 400, code: 'validation_failed' });
  });

  it('cannot be decided again when the payload is gone', async () => {
    const [other] = exactly(DeliveryPage, await ada.get('/api/v1/deliveries?issueKey=SHOP-13')).items;
    await stage.inside(DataSource).query('UPDATE deliveries SET body = NULL WHERE id = $1', [other!.id]);
    expect(problemOf(await ada.post(`/api/v1/deliveries/${other!.id}/replay`))).toEqual({ status: 409, code: 'payload_gone' });
    expect(exactly(DeliveryDetail, await ada.get(`/api/v1/deliveries/${other!.id}`)).payload).toBeNull();
  });
});

describe('Jobs', () => {
  it('are listed and filtered', async () => {
    expect(exactly(JobPage, await ben.get('/api/v1/jobs?state=succeeded&issueKey=SHOP-12')).items.map((one) => one.id)).toEqual([jobId]);
    expect(exactly(JobPage, await ben.get('/api/v1/jobs?state=running')).items).toEqual([]);
  });

  it('tell their runs, comments and timeline', async () => {
    const job = exactly(JobDetail, await ben.get(`/api/v1/jobs/${jobId}`));
    expect(job).toMatchObject({
      connectionId, deliveryId, issueKey: 'SHOP-12', issueUrl: 'https://acme.atlassian.net/browse/SHOP-12', trigger: 'mention', requestedBy: { name: 'Ben Builder' }, state: 'succeeded', failure: null, cancelReason: null,
      repository: { provider: 'github', fullName: 'Acme/web-app', source: 'line' }, runs: [{ number: 1, failure: null }],
    });
    expect(job.comments.map((one) => one.kind)).toEqual(['status', 'result']);
    expect(job.timeline.length).toBeGreaterThan(2);
    expect(Date.parse(job.createdAt)).toBeLessThanOrEqual(Date.parse(job.startedAt!));
    expect(Date.parse(job.startedAt!)).toBeLessThanOrEqual(Date.parse(job.finishedAt!));
  });

  it('are run again as new ones, cancelled, and not cancelled twice', async () => {
    stage.sandbox.openhands.play(NAMED_SCRIPTS['runs-for-ever']!);
    const { jobId: again } = exactly(JobAccepted, await ben.post(`/api/v1/jobs/${jobId}/retry`), 202);
    expect(again).not.toBe(jobId);
    await jobIs('running', again);
    expect(problemOf(await ben.post(`/api/v1/jobs/${again}/retry`))).toEqual({ status: 409, code: 'not_retryable' });
    expect(exactly(JobAccepted, await ben.post(`/api/v1/jobs/${again}/cancel`), 202)).toEqual({ jobId: again });
    await jobIs('cancelled', again);
    expect(problemOf(await ben.post(`/api/v1/jobs/${again}/cancel`))).toEqual({ status: 409, code: 'not_cancellable' });
  });
});

describe('Ids', () => {
  it('of everything that we make are UUIDs of version 7', async () => {
    const texts = [await ada.get('/api/v1/me'), await ada.get('/api/v1/deliveries?limit=100')].map((one) => one.text);
    const job = JobDetail.parse((await ada.get(`/api/v1/jobs/${jobId}`)).json);
    const ids = [...texts.flatMap((text) => text.match(UUID) ?? []), job.id, job.connectionId, job.deliveryId, job.requestedBy.userId, ...job.runs.map((run) => run.id)];
    expect(ids.length).toBeGreaterThan(8);
    for (const id of ids) expect(id).toMatch(VERSION_7);
  });
});

describe('Operations', () => {
  it.each(['/healthz', '/readyz'])('GET %s says that all is well', async (path) => {
    expect(exactly(HealthAnswer, await call('GET', path))).toEqual({ status: 'ok' });
  });

  it('GET /metrics is for administrators', async () => {
    expect(problemOf(await ben.get('/metrics'))).toEqual({ status: 403, code: 'forbidden' });
    const answer = await call('GET', '/metrics', bearer(ADMIN_TOKEN));
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8', 'no-store']);
    expect(answer.text).toMatch(/^openhands_jira_deliveries_total\{outcome="job",reason="started"\} 1$/m);
    expect(answer.text).toMatch(/^openhands_jira_queue_oldest_seconds\{queue="triage"\} /m);
    expect((await ada.get('/metrics')).status).toBe(200);
  });
});
