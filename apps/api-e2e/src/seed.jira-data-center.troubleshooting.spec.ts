/** The public guide "Jira Data Center", table "Troubleshooting": one story per row, with the symptom and with where its cause is named. */
import { DataSource } from 'typeorm';
import type { Answer, Browser } from '../../../tools/sandbox/browser.ts';
import { authorityCertificate } from '../../../tools/sandbox/jira-data-center/certificates.ts';
import { startSandbox, type Sandbox } from '../../../tools/sandbox/sandbox.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../../../tools/sandbox/seed.ts';
import { freePort } from '../../../tools/sandbox/free-port.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { cardOf, completeSettings, connect, DataCenterIssue, install, openDataCenterStage, ROUTES, SETTINGS } from './data-center-story.js';
import type { Stage } from './stage.js';

let stage: Stage;
/** Administers this installation. */
let ada: Browser;
let ben: Browser;
const jira = () => stage.sandbox.jiraDataCenter;
const newIssue = (fields: ConstructorParameters<typeof DataCenterIssue>[2] = {}): DataCenterIssue => new DataCenterIssue(stage, ada, fields);
const sql = (text: string): Promise<unknown> => stage.inside(DataSource).query(text);

beforeAll(async () => {
  stage = await openDataCenterStage();
  [ada, ben] = [await stage.signIn('ada'), await stage.signIn('ben')];
}, 60_000);
afterAll(() => stage.close());

/** Every story begins with something that works: the webhook is installed and Ben connected. */
beforeEach(async () => {
  jira().standIn.faults.clear();
  await jira().webhooks.idle();
  jira().webhooks.webhooks.length = 0;
  await sql('DELETE FROM connections');
  expect((await ada.put(SETTINGS, completeSettings(stage))).status).toBe(200);
  expect((await install(ada)).status).toBe(200);
  expect(await connect(stage, ben, 'ben')).toMatchObject({ result: 'linked' });
});

/** What the test call finds wrong. */
async function wrong(): Promise<{ check: string; detail: string; hint: string }[]> {
  const { items } = (await ada.post(`${SETTINGS}/test`)).json;
  return items.filter((one: { ok: boolean }) => !one.ok);
}

/** How many calls were not let in for this reason, as the figures of the installation tell. */
async function rejected(reason: string): Promise<number> {
  const { text } = await ada.get('/metrics');
  return Number(new RegExp(`^openhands_jira_rejected_calls_last_hour\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

const logged = async (): Promise<unknown[]> => (await ada.get('/api/v1/deliveries')).json.items;

describe('"The Jira Data Center card is not visible in OpenHands"', () => {
  it('while it is not enabled: the test names the switch, and the card is back as soon as it is on', async () => {
    await ada.put(SETTINGS, { enabled: false });
    expect(await cardOf(ben)).toMatchObject({ state: 'disabled', reasons: [{ code: 'product_disabled' }] });
    expect(await cardOf(ada)).toMatchObject({ state: 'disabled', reasons: [{ code: 'not_enabled', detail: expect.stringContaining('Enable Jira Data Center Integration') }] });
    expect(await wrong()).toMatchObject([{ check: 'settings', detail: expect.stringContaining('not enabled') }]);
    await ada.put(SETTINGS, { enabled: true });
    expect(await cardOf(ben)).toMatchObject({ state: 'active' });
  });
});

describe('"OAuth redirects fail"', () => {
  afterEach(() => void (jira().behaviour.redirectUri = null));

  it('when the application link has another callback URL: the settings and the test show the one that Jira must have', async () => {
    jira().behaviour.redirectUri = `${stage.url}/integration/jira-dc/callback/`;
    const { json } = await ada.post(`${ROUTES}/link`);
    expect((await ada.request('GET', json.authorizationUrl)).status).toBe(400);
    const callbackUrl = `${stage.url}/integration/jira-dc/callback`;
    expect((await ada.get(SETTINGS)).json.callbackUrl).toBe(callbackUrl);
    const { items } = (await ada.post(`${SETTINGS}/test`)).json;
    expect(items.at(-1)).toMatchObject({ check: 'oauth_client', hint: expect.stringContaining(`must be exactly ${callbackUrl}`) });
    jira().behaviour.redirectUri = callbackUrl;
    expect(await connect(stage, ada, 'ada')).toMatchObject({ result: 'linked' });
  });
});

describe('"Automatic webhook setup fails"', () => {
  it('when the PAT belongs to somebody who may not create global webhooks: the field says so', async () => {
    const before = structuredClone(jira().webhooks.webhooks);
    const answer = await install(ada, CREDENTIALS.dataCenterPatOfBen);
    expect(answer).toMatchObject({ status: 422, json: { code: 'jira_not_admin', errors: [{ path: 'adminToken', message: expect.stringMatching(/may not create global webhooks.*Use the token of a Jira administrator/) }] } });
    expect(jira().webhooks.webhooks).toEqual(before);
    expect(await wrong()).toEqual([]);
  });
});

describe('"Webhook deliveries return 403"', () => {
  const comment = (issue: DataCenterIssue) => issue.attempt(() => stage.sandbox.dataCenterActions.comment(issue.key, 'ben', '@openhands please'));

  it.each([
    ['the signing secret is another one', 'signature_mismatch', { secret: 'another-secret' }],
    ['there is no signing secret', 'signature_missing', { secret: null }],
  ])('when %s: the counter names it', async (_, reason, change) => {
    Object.assign(jira().webhooks.webhooks[0]!, change);
    const [before, deliveries] = [await rejected(reason), await logged()];
    expect(await comment(newIssue())).toMatchObject({ status: 403, answer: expect.stringContaining('Check that the webhook URL and the secret in Jira are the ones that were shown here') });
    await eventually(() => rejected(reason), (count) => count > before, `one more ${reason}`);
    expect(await logged()).toEqual(deliveries);
  });

  it('when the webhook URL is another one: the counter names it', async () => {
    const [webhook] = jira().webhooks.webhooks;
    webhook!.url = webhook!.url.replace(/[\w-]+\/events$/, '01a00000-0000-7000-8000-000000000000/events');
    const before = await rejected('connection_unknown');
    expect(await comment(newIssue())).toMatchObject({ status: 403 });
    await eventually(() => rejected('connection_unknown'), (count) => count > before, 'one more unknown connection');
  });
});

describe('"Webhook deliveries reach OpenHands but no job starts": the log names the cause, and what to do', () => {
  const pause = async (): Promise<unknown> => {
    await ada.patch(`${ROUTES}/connection`, { active: false });
    const probe = newIssue();
    return eventually(() => probe.ask('ben', 'Thank you.'), (one) => one.reason === 'connection_paused', 'the pause to count');
  };
  const labelled = async (issue: DataCenterIssue): Promise<unknown> => {
    issue.issue.labels.push('openhands');
    return issue.label('ben', 'urgent');
  };

  it.each<[string, string, (issue: DataCenterIssue) => Promise<unknown>]>([
    ['the Jira user is not linked', 'refused user_not_linked', (issue) => issue.ask('ada')],
    ['the integration is not active', 'ignored connection_paused', async (issue) => (await pause(), issue.ask('ben'))],
    ['the comment does not contain @openhands', 'ignored no_mention_no_label', (issue) => issue.ask('ben', 'Please fix it.')],
    ['the update did not add the label, because it was there', 'ignored label_already_present', labelled],
    ['the user has no access to the repository', 'refused repo_no_access', (issue) => issue.ask('ben', '@openhands fix it\nRepository: Acme/read-only')],
  ])('%s', async (_, end, act) => {
    const delivery = (await act(newIssue())) as Awaited<ReturnType<DataCenterIssue['ask']>>;
    expect(`${delivery.outcome} ${delivery.reason}`).toBe(end);
    expect(delivery).toMatchObject({ jobId: null, detail: expect.stringMatching(/\w/), fixHint: expect.stringMatching(/\w/) });
    expect(delivery.trace.length).toBeGreaterThan(0);
  });
});

describe('"OAuth, issue reads, or automatic webhook setup fail with connection errors"', () => {
  it('when nothing answers at the base URL: each says so, and the test names the stage', async () => {
    const port = await freePort();
    await ada.put(SETTINGS, { ...completeSettings(stage), baseUrl: `http://localhost:${port}` });
    expect(await connect(stage, ben, 'ben')).toEqual({ result: 'failed', code: 'jira_unreachable' });
    expect(await install(ada)).toMatchObject({ status: 502, json: { code: 'jira_unreachable', detail: expect.stringMatching(/No connection to localhost.*firewall/) } });
    expect(await wrong()).toMatchObject([{ check: 'tcp', detail: expect.stringContaining(`localhost, port ${port}`), hint: expect.stringMatching(/firewall/i) }]);
  });

  it('when the name is unknown: the test says so', async () => {
    await ada.put(SETTINGS, { ...completeSettings(stage), baseUrl: 'https://jira.invalid' });
    expect(await wrong()).toMatchObject([{ check: 'dns', detail: expect.stringContaining('jira.invalid') }]);
  });

  it('an issue that cannot be read is tried again, then fails in the log with that reason', async () => {
    await sql(`UPDATE queue.queue SET retry_limit = 1, retry_delay = 0, retry_backoff = false WHERE name = 'triage'`);
    const issue = newIssue();
    jira().standIn.faults.add({ effect: { kind: 'reset' }, method: 'GET', path: `/issue/${issue.issue.id}`, times: Infinity });
    expect(await issue.ask('ben')).toMatchObject({ outcome: 'failed', reason: 'jira_unreachable', fixHint: expect.stringMatching(/\w/) });
  });
});

describe('"Jira webhook deliveries do not reach OpenHands"', () => {
  it('when Jira cannot reach the address: the log stays empty, and the integration says that nothing has come', async () => {
    const [webhook] = jira().webhooks.webhooks;
    webhook!.url = webhook!.url.replace(stage.url, `http://localhost:${await freePort()}`);
    const issue = newIssue();
    expect(await issue.attempt(() => stage.sandbox.dataCenterActions.comment(issue.key, 'ben', '@openhands please'))).toMatchObject({ status: null });
    expect(await logged()).toEqual([]);
    expect(await cardOf(ada)).toMatchObject({ state: 'active', reasons: [{ code: 'no_delivery_yet', detail: expect.stringContaining('check that Jira can reach the address of the webhook') }] });
  });

  it('and as soon as the first one came, it says so no longer', async () => {
    await newIssue().ask('ben', 'Thank you.');
    expect(await eventually(() => cardOf(ada), (card) => card.reasons.length === 0, 'the first delivery to be noted')).toMatchObject({ state: 'active' });
  });
});

describe('"Jira API calls fail with TLS errors"', () => {
  let secure: Sandbox;
  const trust = (pem: string): Promise<Answer> => ada.put('/api/v1/admin/certificates', { pem });
  const approve = async (): Promise<string | null> => {
    const { json } = await ben.post(`${ROUTES}/link`);
    const back = await ben.request('GET', secure.jiraDataCenter.consent.approve(json.authorizationUrl, DATA_CENTER_KEYS.ben));
    return new URL(back.headers.get('location') ?? '', stage.url).searchParams.get('code');
  };

  beforeAll(async () => void (secure = await startSandbox({ jiraDataCenter: { certificate: 'valid' } })));
  afterAll(() => secure.close());

  it('until its CA certificate is uploaded: every call says so, and the test names the authority', async () => {
    await ada.put(SETTINGS, { ...completeSettings(stage), baseUrl: secure.urls.jiraDataCenter });
    expect(await wrong()).toMatchObject([{ check: 'tls', detail: expect.stringContaining('not trusted'), hint: expect.stringContaining('Additional Trusted CA Certificates') }]);
    expect(await install(ada)).toMatchObject({ status: 502, json: { code: 'tls_untrusted', detail: expect.stringContaining('Additional Trusted CA Certificates') } });
    expect(await approve()).toBe('tls_untrusted');

    expect(await trust(authorityCertificate())).toMatchObject({ status: 200, json: { items: [{ subject: expect.any(String), issuer: expect.any(String), notAfter: expect.any(String), isCa: true }] } });
    expect(await wrong()).toEqual([]);
    expect(await install(ada)).toMatchObject({ status: 200, json: { installed: true } });
    expect(await approve()).toBe('ok');
    await trust('');
  });

  it.each([
    ['expired', /expired/, /Renew/],
    ['wrong-host', /other host names/, /name that stands in the certificate/],
  ] as const)('tells a certificate apart that is not to be cured by an upload: %s', async (certificate, detail, hint) => {
    await ada.put(SETTINGS, { ...completeSettings(stage), baseUrl: secure.urls.jiraDataCenter });
    await trust(authorityCertificate());
    secure.presentCertificate(certificate);
    expect(await wrong()).toMatchObject([{ check: 'tls', detail: expect.stringMatching(detail), hint: expect.stringMatching(hint) }]);
    await trust('');
  });
});
