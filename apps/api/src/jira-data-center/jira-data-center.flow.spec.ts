/** The stories of the public guide "Jira Data Center" about people and settings, over HTTP against the sandbox. */
import { CREDENTIALS, DATA_CENTER_KEYS } from '../../../../tools/sandbox/seed.ts';
import { Jiras } from '../jira/jiras.service.js';
import { link, ROUTES, row, setUp, shown, useDataCenterBench } from '../testing/data-center-bench.js';
import { type JiraBench, startDataCenterBench } from '../testing/jira-bench.js';
import { DataCenterSettings } from './jira-data-center.settings.js';

describe('Linking users', () => {
  const held = useDataCenterBench();

  it('connects the Jira account that the person proves, by its key', async () => {
    expect(await link(held.ada, 'ben')).toEqual({ result: 'linked', code: 'ok' });
    expect(await shown(held.ada)).toMatchObject({ linkMethod: 'oauth', link: { jiraAccountId: DATA_CENTER_KEYS.ben, jiraDisplayName: 'Ben Builder', method: 'oauth' } });
  });

  it('asks Jira for consent with PKCE, one scope and the callback of the guide', async () => {
    const { body } = await held.ada.send('POST', `${ROUTES}/link`);
    const url = new URL(body.authorizationUrl);
    expect(url.pathname).toBe('/jira/rest/oauth2/latest/authorize');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code', scope: 'WRITE', code_challenge_method: 'S256', redirect_uri: 'https://openhands.example.com/integration/jira-dc/callback', client_id: CREDENTIALS.oauthClientId,
    });
    expect(url.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  });

  it('keeps the tokens of the person sealed', async () => {
    await link(held.ada, 'ada');
    const [stored] = await held.bench.db.query('SELECT access_token_sealed AS access, refresh_token_sealed AS refresh FROM links');
    expect(stored).toEqual({ access: expect.stringMatching(/^v1\.k1\./), refresh: expect.stringMatching(/^v1\.k1\./) });
  });

  it('needs neither an admin token nor the webhook', async () => {
    await link(held.ada, 'ada');
    expect(await shown(held.ada)).toMatchObject({ state: 'setup_incomplete', reasons: [{ code: 'webhook_missing' }], capabilities: ['unlink', 'install_webhook', 'view_deliveries'] });
  });

  it('ends when the person denies, and the page knows', async () => {
    const { body } = await held.ada.send('POST', `${ROUTES}/link`);
    expect(await held.ada.comeBack(held.bench.sandbox.actions.deny(body.authorizationUrl))).toEqual({ result: 'denied', code: 'access_denied' });
    expect((await shown(held.ada)).link).toBeNull();
  });

  it('works once, in the browser and for the person who began', async () => {
    const { body } = await held.ada.send('POST', `${ROUTES}/link`);
    const back = held.bench.sandbox.actions.approve(body.authorizationUrl, 'ada');
    held.ben.cookies.set('oauth_browser', held.ada.cookies.get('oauth_browser')!);
    expect(await held.ben.comeBack(back)).toEqual({ result: 'expired', code: 'state_unknown' });
    expect(await held.ada.comeBack(back)).toEqual({ result: 'expired', code: 'state_unknown' });
  });

  it('ends after ten minutes', async () => {
    const { body } = await held.ada.send('POST', `${ROUTES}/link`);
    held.bench.time.advance(11 * 60_000);
    expect(await held.ada.comeBack(held.bench.sandbox.actions.approve(body.authorizationUrl, 'ada'))).toEqual({ result: 'expired', code: 'state_unknown' });
  });

  it('is refused for a Jira account that is somebody else here', async () => {
    await link(held.ada, 'ada');
    expect(await link(held.ben, 'ada')).toEqual({ result: 'conflict', code: 'jira_account_taken' });
  });

  it.each([
    ['the scope is too wide for the application link', 'READ', undefined, 'scope_refused'],
    ['Jira knows no such client', 'WRITE', { path: '/token', effect: { kind: 'status', status: 401, body: { error: 'invalid_client' } } }, 'client_refused'],
    ['the code is too old', 'WRITE', { path: '/token', effect: { kind: 'status', status: 400, body: { error: 'invalid_grant' } } }, 'code_refused'],
    ['Jira is away', 'WRITE', { path: '/token', effect: { kind: 'reset' } }, 'jira_unreachable'],
    ['a login page comes instead', 'WRITE', { path: '/token', effect: { kind: 'html' } }, 'jira_unreachable'],
    ['nobody can tell whose token it is', 'WRITE', { path: '/myself', effect: { kind: 'status', status: 200, body: {} } }, 'unexpected_answer'],
  ] as const)('ends in words when %s', async (_, linkScope, fault, code) => {
    const jira = held.bench.sandbox.jiraDataCenter;
    jira.behaviour.linkScope = linkScope;
    if (fault) jira.standIn.faults.add(fault);
    expect(await link(held.ada, 'ada')).toEqual({ result: 'failed', code });
    jira.behaviour.linkScope = 'WRITE';
  });

  it('ends by the person, tokens included', async () => {
    await link(held.ada, 'ada');
    expect((await held.ada.send('DELETE', `${ROUTES}/link`)).status).toBe(204);
    expect((await held.ada.send('DELETE', `${ROUTES}/link`)).status).toBe(204);
    expect(await held.bench.db.query('SELECT * FROM links')).toEqual([]);
  });
});

describe('Matching by e-mail address', () => {
  const held = useDataCenterBench({ JIRA_DC_LINK_METHOD: 'email', JIRA_DC_CLIENT_ID: '', JIRA_DC_CLIENT_SECRET: '' });
  const people = () => held.bench.sandbox.jiraDataCenter.store;
  afterEach(() => void (people().person(DATA_CENTER_KEYS.cleo).emailAddress = 'cleo@example.com'));

  it('links the one Jira account that has the verified address, without a consent page', async () => {
    expect(await held.ben.send('POST', `${ROUTES}/link`)).toMatchObject({ status: 200, body: { link: { jiraAccountId: DATA_CENTER_KEYS.ben, method: 'email' } } });
    expect(await shown(held.ben)).toMatchObject({ linkMethod: 'email', link: { jiraDisplayName: 'Ben Builder' } });
  });

  it.each([
    ['Jira shows no addresses', () => void (held.bench.sandbox.jiraDataCenter.behaviour.showsEmails = false), 'email_not_found'],
    ['two Jira accounts have it', () => void (people().person(DATA_CENTER_KEYS.cleo).emailAddress = 'BEN@example.com'), 'conflict'],
    ['two people here have it', () => held.bench.person('Other Ben', 'Ben@Example.com'), 'conflict'],
  ])('is refused when %s', async (_, arrange, code) => {
    await arrange();
    expect(await held.ben.send('POST', `${ROUTES}/link`)).toMatchObject({ status: 409, body: { code } });
  });

  it('is refused for an address that nobody has verified', async () => {
    await held.bench.db.query('UPDATE users SET email_verified = false');
    expect(await held.ben.send('POST', `${ROUTES}/link`)).toMatchObject({ status: 409, body: { code: 'email_not_found' } });
  });
});

describe('The settings of the installation', () => {
  let bench: JiraBench;
  beforeAll(async () => void (bench = await startDataCenterBench({ ADMIN_EMAILS: 'root@example.com', OUTBOUND_ALLOWED_HOSTS: 'localhost' }, { settings: 'none' })));
  afterAll(() => bench.close());

  const save = async (values: Parameters<DataCenterSettings['save']>[1]): Promise<void> => {
    const settings = bench.app.get(DataCenterSettings, { strict: false });
    await bench.db.transaction((manager) => settings.save(manager, values));
    settings.forget();
  };
  const complete = () => ({
    enabled: true, linkMethod: 'oauth' as const, baseUrl: bench.sandbox.urls.jiraDataCenter, serviceAccountEmail: CREDENTIALS.dataCenterAccountEmail, serviceAccountPat: CREDENTIALS.dataCenterPat,
    oauthClientId: CREDENTIALS.oauthClientId, oauthClientSecret: CREDENTIALS.oauthClientSecret,
  });

  it('count at once, without a restart', async () => {
    const [member, admin] = [await bench.person('Ben', 'ben@example.com'), await bench.person('Root', 'root@example.com')];
    expect(await shown(member)).toMatchObject({ state: 'disabled', reasons: [{ code: 'product_disabled' }], capabilities: [] });
    expect(await shown(admin)).toMatchObject({ state: 'disabled', reasons: [{ code: 'not_enabled' }] });
    expect(await member.send('POST', `${ROUTES}/link`)).toMatchObject({ status: 404, body: { code: 'product_disabled' } });

    await save({ enabled: true });
    expect(await shown(member)).toMatchObject({ state: 'not_configured', reasons: [{ code: 'ask_administrator' }] });
    expect(await shown(admin)).toMatchObject({ state: 'not_configured', reasons: [{ code: 'setting_missing', detail: expect.stringContaining('Jira Data Center Base URL') }] });

    await save(complete());
    expect(await shown(member)).toMatchObject({ state: 'setup_incomplete', linkMethod: 'oauth' });
    expect(await link(member, 'ben')).toEqual({ result: 'linked', code: 'ok' });
    expect((await setUp(member, { mode: 'manual' })).status).toBe(200);
    expect((await shown(member)).connection?.serviceAccount).toMatchObject({ email: CREDENTIALS.dataCenterAccountEmail, managedBy: 'app' });
  });

  it.each([
    ['on another host', () => 'https://other.example.com/jira'],
    ['at another context path', () => `${bench.sandbox.urls.jiraDataCenter}/jira-test`],
  ])('make the record of another Jira, %s, invisible, and its service account unknown', async (_, baseUrl) => {
    const member = await bench.person('Ada', 'ada@example.com');
    await save({ ...complete(), baseUrl: baseUrl() });
    expect(await shown(member)).toMatchObject({ state: 'setup_incomplete', connection: null });
    const other = await row(bench);
    expect(await bench.app.get(Jiras, { strict: false }).open(String(other?.['id']))).toBeNull();
  });
});
