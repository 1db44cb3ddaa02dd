import { ManualClock } from '../clock.ts';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../seed.ts';
import { ask, type Ask } from '../test-http.ts';

const token = CREDENTIALS.dataCenterPat;

describe("the door of the sandbox's Jira Data Center", () => {
  let sandbox: Sandbox;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    sandbox = await startSandbox({ clock, jiraDataCenter: { contextPath: '/jira' } });
  });

  afterEach(() => sandbox.close());

  const call = (path: string, options: Ask = {}) => ask(sandbox.urls.jiraDataCenter + path, options);

  it('takes a personal access token as Bearer and names its owner', async () => {
    const answer = await call('/rest/api/2/myself', { token });
    expect(answer.body).toMatchObject({ key: DATA_CENTER_KEYS.agent, name: 'openhands', emailAddress: CREDENTIALS.dataCenterAccountEmail });
    expect(answer.headers.get('x-ausername')).toBe('openhands');
    expect(answer.headers.get('x-seraph-loginreason')).toBe('OK');
  });

  it('never takes a personal access token as a Basic password', async () => {
    const answer = await call('/rest/api/2/myself', { basic: [CREDENTIALS.dataCenterAccountEmail, token] });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED');
  });

  it.each([
    ['unauthorized', 401, 'application/json'],
    ['redirect', 302, null],
    ['login-page', 200, 'text/html'],
  ] as const)('answers a bad token with %s', async (badTokenAnswer, status, contentType) => {
    sandbox.jiraDataCenter.behaviour.badTokenAnswer = badTokenAnswer;
    const answer = await call('/rest/api/2/issue/SHOP-12', { token: 'wrong' });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED');
    expect(answer.headers.get('content-type')).toEqual(contentType === null ? null : expect.stringContaining(contentType));
    expect(answer.headers.get('location') ?? '').toBe(status === 302 ? `${sandbox.urls.jiraDataCenter}/login.jsp?permissionViolation=true&os_destination=%2Fjira%2Frest%2Fapi%2F2%2Fissue%2FSHOP-12` : '');
  });

  it('may take the bearer of a bad token for nobody', async () => {
    sandbox.jiraDataCenter.behaviour.badTokenAnswer = 'anonymous';
    const permissions = await call('/rest/api/2/mypermissions', { token: 'wrong' });
    expect(permissions.status).toBe(200);
    expect(permissions.headers.get('x-ausername')).toBe('anonymous');
    expect(permissions.body.permissions.BROWSE_PROJECTS.havePermission).toBe(false);
    expect((await call('/rest/api/2/myself', { token: 'wrong' })).status).toBe(401);
  });

  it('tells its version to strangers, unless it is strict', async () => {
    const answer = await call('/rest/api/2/serverInfo');
    expect(answer.body).toMatchObject({ baseUrl: sandbox.urls.jiraDataCenter, deploymentType: 'Server', version: '10.3.24', versionNumbers: [10, 3, 24] });
    sandbox.jiraDataCenter.behaviour.serverInfoNeedsLogin = true;
    expect((await call('/rest/api/2/serverInfo')).status).toBe(401);
    expect((await call('/rest/api/2/serverInfo', { token })).status).toBe(200);
  });

  it('changes its version on request', async () => {
    sandbox.jiraDataCenter.behaviour.version = '9.12.30';
    expect((await call('/rest/api/2/serverInfo')).body.versionNumbers).toEqual([9, 12, 30]);
  });

  it('lists tokens with names and expiry, never the secret, and only to their owner', async () => {
    const { body } = await call('/rest/pat/latest/tokens', { token });
    expect(body).toEqual([{ id: 1, name: 'OpenHands', createdAt: '2026-11-02T09:00:00.000+0000', lastAccessedAt: '2026-11-02T09:00:00.000+0000', expiringAt: '2027-11-02T09:00:00.000+0000' }]);
    expect((await call('/rest/pat/latest/tokens', { token: CREDENTIALS.dataCenterPatOfBen })).body).toHaveLength(1);
  });

  it('creates and revokes tokens', async () => {
    const made = await call('/rest/pat/latest/tokens', { token, json: { name: 'Next', expirationDuration: 30 } });
    expect(made.status).toBe(201);
    expect((await call('/rest/api/2/myself', { token: made.body.rawToken })).body.name).toBe('openhands');
    const other = { token: CREDENTIALS.dataCenterPatOfBen, method: 'DELETE' };
    expect((await call(`/rest/pat/latest/tokens/${made.body.id}`, other)).status).toBe(404);
    expect((await call(`/rest/pat/latest/tokens/${made.body.id}`, { token, method: 'DELETE' })).status).toBe(204);
    expect((await call('/rest/api/2/myself', { token: made.body.rawToken })).status).toBe(401);
  });

  it('refuses a token after its last day', async () => {
    clock.advance(365 * 24 * 3_600_000);
    expect((await call('/rest/api/2/myself', { token })).status).toBe(401);
  });

  it('keeps to its context path', async () => {
    const origin = new URL(sandbox.urls.jiraDataCenter).origin;
    expect((await ask(`${origin}/rest/api/2/serverInfo`)).status).toBe(404);
    expect((await call('/rest/api/2/issue/SHOP-12', { token })).body.self).toMatch(`${sandbox.urls.jiraDataCenter}/rest/api/2/issue/`);
  });

  it('has no REST v3', async () => {
    const answer = await call('/rest/api/3/myself', { token });
    expect(answer.status).toBe(404);
    expect(answer.body['status-code']).toBe(404);
  });

  it('may be wrong about its own address', async () => {
    sandbox.jiraDataCenter.behaviour.baseUrl = 'https://jira.internal.example';
    const { body } = await call('/rest/api/2/issue/SHOP-12', { token });
    expect(body.self).toBe(`https://jira.internal.example/rest/api/2/issue/${body.id}`);
  });

  it('refuses forged posts of browsers and bodies that are not JSON', async () => {
    const path = '/rest/api/2/issue/SHOP-12/comment';
    const browser = { 'user-agent': 'Mozilla/5.0' };
    expect((await call(path, { token, headers: browser, json: { body: 'x' } })).status).toBe(403);
    expect((await call(path, { token, headers: { ...browser, 'x-atlassian-token': 'no-check' }, json: { body: 'x' } })).status).toBe(201);
    expect((await call(path, { token, form: { body: 'x' } })).status).toBe(415);
  });

  it('says 429 with headers of its own, and may say to wait for 0 seconds', async () => {
    sandbox.jiraDataCenter.limitRate({ path: '/myself', times: 1 });
    const answer = await call('/rest/api/2/myself', { token });
    expect(answer.status).toBe(429);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ 'retry-after': '0', 'x-ratelimit-interval-seconds': '60', 'x-ratelimit-fillrate': '2', 'x-ratelimit-remaining': '0' });
    expect((await call('/rest/api/2/myself', { token })).status).toBe(200);
  });
});
