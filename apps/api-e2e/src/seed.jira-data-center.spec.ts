/** The public guide "Jira Data Center", from "Create a Bot Token" to "Trigger OpenHands from Jira": one story per sentence. */
import { DataSource } from 'typeorm';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../../../tools/sandbox/seed.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { cardOf, completeSettings, connect, DataCenterIssue, install, openDataCenterStage, ROUTES, SETTINGS } from './data-center-story.js';
import type { Stage } from './stage.js';

const SIX_EVENTS = ['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted', 'comment_created', 'comment_updated', 'comment_deleted'];
/** An e-mail address; mentions and the product's own links have none in them. */
const AN_ADDRESS = /[\w.-]+@[\w-]+\.\w+/;

let stage: Stage;
/** Administers this installation. */
let ada: Browser;
/** A teammate. */
let ben: Browser;
const jira = () => stage.sandbox.jiraDataCenter;
const newIssue = (fields: ConstructorParameters<typeof DataCenterIssue>[2] = {}): DataCenterIssue => new DataCenterIssue(stage, ada, fields);

beforeAll(async () => {
  stage = await openDataCenterStage();
  [ada, ben] = [await stage.signIn('ada'), await stage.signIn('ben')];
}, 60_000);
afterAll(() => stage.close());

/** No integration; the settings are complete. */
async function startAfresh(): Promise<void> {
  await jira().webhooks.idle();
  jira().webhooks.webhooks.length = 0;
  await stage.inside(DataSource).query('DELETE FROM connections');
  expect((await ada.put(SETTINGS, completeSettings(stage))).status).toBe(200);
}

/** Ada installed the webhook, Ben connected. */
async function setUp(): Promise<void> {
  await startAfresh();
  expect((await install(ada)).status).toBe(200);
  expect(await connect(stage, ben, 'ben')).toEqual({ result: 'linked', code: 'ok' });
}

describe('Create a Bot Token', () => {
  beforeAll(setUp);

  it('"OpenHands uses this bot account to read issues, add comments, and add reactions"', async () => {
    const issue = newIssue();
    const since = jira().standIn.calls.length;
    const { jobId } = await issue.ask('ben');
    expect(await issue.jobIsOver(jobId)).toMatchObject({ state: 'succeeded' });
    await eventually(() => issue.comments().length, (count) => count === 2, 'both comments');
    expect(issue.issue.comments.map((one) => one.authorId)).toEqual([DATA_CENTER_KEYS.ben, DATA_CENTER_KEYS.agent, DATA_CENTER_KEYS.agent]);
    expect(jira().reactions.filter((one) => one.commentId === issue.issue.comments[0]!.id)).toMatchObject([{ personKey: DATA_CENTER_KEYS.agent }]);
    const calls = jira().standIn.calls.slice(since).map((call) => `${call.method} ${call.path}`);
    expect(calls).toContainEqual(expect.stringMatching(new RegExp(`^GET /rest/api/2/issue/${issue.issue.id}\\b`)));
  });

  it('"Grant it access to all Jira projects": where it has none, the log says so', async () => {
    jira().permissions.withhold(DATA_CENTER_KEYS.agent, 'BROWSE_PROJECTS');
    const delivery = await newIssue().ask('ben');
    jira().permissions.restore(DATA_CENTER_KEYS.agent, 'BROWSE_PROJECTS');
    expect(delivery).toMatchObject({ outcome: 'refused', reason: 'issue_unreadable', detail: expect.stringContaining('service account cannot see the issue') });
  });

  it('"sign in as the openhands user and create a Jira personal access token": the test tells whose it is', async () => {
    const check = async (): Promise<unknown> => (await ada.post(`${SETTINGS}/test`)).json.items.find((one: { check: string }) => one.check === 'service_account');
    expect(await check()).toMatchObject({ ok: true, detail: 'The token belongs to OpenHands Agent (openhands).' });
    await ada.put(SETTINGS, { serviceAccountPat: CREDENTIALS.dataCenterPatOfBen });
    expect(await check()).toMatchObject({ ok: false, detail: expect.stringContaining('Ben Builder (ben), who has another e-mail address'), hint: expect.stringContaining('signed in as the service account') });
    await ada.put(SETTINGS, completeSettings(stage));
  });
});

describe('Create a Jira OAuth Application', () => {
  beforeEach(startAfresh);

  it('"lets team members prove ownership of their Jira account": whoever pressed Allow is linked', async () => {
    expect(await connect(stage, ben, 'ben')).toEqual({ result: 'linked', code: 'ok' });
    expect((await cardOf(ben)).link).toMatchObject({ jiraAccountId: DATA_CENTER_KEYS.ben, jiraDisplayName: 'Ben Builder', method: 'oauth' });
    expect(await connect(stage, ada, 'ben')).toEqual({ result: 'conflict', code: 'jira_account_taken' });
  });

  it('"Configure the incoming link with this callback URL": it is shown to copy, and it is the one that is used', async () => {
    const callbackUrl = `${stage.url}/integration/jira-dc/callback`;
    expect((await ada.get(SETTINGS)).json.callbackUrl).toBe(callbackUrl);
    jira().behaviour.redirectUri = callbackUrl;
    expect(await connect(stage, ben, 'ben')).toMatchObject({ result: 'linked' });
    const { json } = await ben.post(`${ROUTES}/link`);
    expect((await ben.request('GET', json.authorizationUrl)).status).toBe(200);
    jira().behaviour.redirectUri = null;
  });

  it('"select WRITE": that scope is asked for and no other', async () => {
    const { json } = await ben.post(`${ROUTES}/link`);
    expect(new URL(json.authorizationUrl).searchParams.get('scope')).toBe('WRITE');
    jira().behaviour.linkScope = 'READ';
    const refused = await connect(stage, ben, 'ben');
    jira().behaviour.linkScope = 'WRITE';
    expect(refused).toEqual({ result: 'failed', code: 'scope_refused' });
  });

  it('"you can select email matching instead": the person with the same address is linked by the first mention, and sees it', async () => {
    expect((await ada.put(SETTINGS, { linkMethod: 'email', oauthClientId: null, oauthClientSecret: null })).json).toMatchObject({ linkMethod: 'email', missing: [] });
    await install(ada);
    expect((await cardOf(ben)).link).toBeNull();
    expect(await newIssue().ask('ben')).toMatchObject({ outcome: 'job', reason: 'started' });
    expect(await cardOf(ben)).toMatchObject({ linkMethod: 'email', link: { jiraAccountId: DATA_CENTER_KEYS.ben, method: 'email' } });
  });

  it('"by matching their Jira email address": an address that Jira does not show leads to nobody', async () => {
    await ada.put(SETTINGS, { linkMethod: 'email' });
    await install(ada);
    jira().behaviour.showsEmails = false;
    const delivery = await newIssue().ask('ben');
    jira().behaviour.showsEmails = true;
    expect(delivery).toMatchObject({ outcome: 'refused', reason: 'user_email_hidden' });
  });
});

describe('Configure the Admin Console', () => {
  beforeEach(startAfresh);

  it('"Enable Jira Data Center Integration": the card appears and goes without a restart', async () => {
    await ada.put(SETTINGS, { enabled: false });
    expect(await cardOf(ben)).toMatchObject({ state: 'disabled', capabilities: [] });
    await ada.put(SETTINGS, { enabled: true });
    expect(await cardOf(ben)).toMatchObject({ state: 'setup_incomplete', capabilities: expect.arrayContaining(['link']) });
  });

  it.each(['oauth', 'email'])('"Select the user linking method": %s', async (linkMethod) => {
    expect(await ada.put(SETTINGS, { linkMethod })).toMatchObject({ status: 200, json: { linkMethod } });
    const { json } = await ben.post(`${ROUTES}/link`);
    expect(Object.keys(json)).toEqual([linkMethod === 'oauth' ? 'authorizationUrl' : 'link']);
  });

  it.each([
    ['Service Account Email', 'serviceAccountEmail'],
    ['Service Account PAT', 'serviceAccountPat'],
    ['Base URL', 'baseUrl'],
    ['Jira Data Center OAuth Client ID', 'oauthClientId'],
    ['Jira Data Center OAuth Client Secret', 'oauthClientSecret'],
  ])('"Enter the Jira Data Center %s": without it nothing can be enabled', async (_, field) => {
    expect(await ada.put(SETTINGS, { [field]: null })).toMatchObject({ status: 400, json: { code: 'validation_failed', errors: [{ path: field, message: expect.stringContaining('needed before Jira Data Center can be enabled') }] } });
    expect((await ada.get(SETTINGS)).json.missing).toEqual([]);
  });

  it('"paste the bot account email and PAT": secrets go in and never come out', async () => {
    const { text, json } = await ada.get(SETTINGS);
    expect(json).toMatchObject({ serviceAccountEmail: CREDENTIALS.dataCenterAccountEmail, serviceAccountPatSet: true, oauthClientId: CREDENTIALS.oauthClientId, oauthClientSecretSet: true });
    for (const secret of [CREDENTIALS.dataCenterPat, CREDENTIALS.oauthClientSecret]) expect(text).not.toContain(secret);
  });

  it('"The Base URL must include the scheme": a bare host is refused with the example of the guide', async () => {
    const message = 'The base URL must include the scheme. Enter, for example, https://jira.example.com and not only jira.example.com.';
    expect(await ada.put(SETTINGS, { baseUrl: 'jira.example.com' })).toMatchObject({ status: 400, json: { code: 'validation_failed', errors: [{ path: 'baseUrl', message }] } });
    expect((await ada.get(SETTINGS)).json.baseUrl).toBe(stage.sandbox.urls.jiraDataCenter);
  });

  it('"Save and deploy the updated configuration": it counts with the next call, and the test finds nothing wrong', async () => {
    const { items } = (await ada.post(`${SETTINGS}/test`)).json;
    expect(items.map((one: { check: string; ok: boolean }) => [one.check, one.ok])).toEqual(['settings', 'dns', 'tcp', 'tls', 'version', 'service_account', 'oauth_client'].map((check) => [check, true]));
  });

  it('is for administrators only', async () => {
    expect([await ben.get(SETTINGS), await ben.put(SETTINGS, { enabled: false }), await ben.post(`${SETTINGS}/test`)].map((one) => one.status)).toEqual([403, 403, 403]);
  });
});

describe('Install the Jira Webhook', () => {
  beforeEach(startAfresh);
  const webhooks = () => jira().webhooks.webhooks;
  const administrationCalls = (): number => jira().standIn.calls.filter((call) => call.path.startsWith('/rest/jira-webhook/')).length;

  it('"click Connect and complete the Jira OAuth flow. Then set up the webhook": connecting comes first and needs no webhook', async () => {
    expect(await ben.put(`${ROUTES}/webhook`, { mode: 'manual' })).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect(await connect(stage, ben, 'ben')).toMatchObject({ result: 'linked' });
    expect(await cardOf(ben)).toMatchObject({ state: 'setup_incomplete', reasons: [{ code: 'webhook_missing' }], capabilities: expect.arrayContaining(['install_webhook']) });
    expect((await ben.put(`${ROUTES}/webhook`, { mode: 'manual' })).status).toBe(200);
  });

  it('"The automatic setup creates a Jira global webhook named OpenHands that points to this OpenHands URL"', async () => {
    const { json } = await install(ada);
    expect(json).toEqual({ connectionId: expect.any(String), installed: true, webhookUrl: `${stage.url}/integration/jira-dc/connections/${json.connectionId}/events` });
    expect(webhooks()).toMatchObject([{ name: 'OpenHands', url: json.webhookUrl, enabled: true, excludeBody: false, events: expect.arrayContaining(SIX_EVENTS) }]);
    expect(await cardOf(ada)).toMatchObject({ state: 'active', connection: { webhook: { mode: 'automatic', url: json.webhookUrl } } });
  });

  it('"or updates": the webhook that is there is put right, and stays one', async () => {
    await install(ada);
    const { id } = webhooks()[0]!;
    jira().webhooks.change(id, { events: ['comment_created'], excludeBody: true, enabled: false });
    expect((await install(ada)).status).toBe(200);
    expect(webhooks()).toMatchObject([{ id, enabled: true, excludeBody: false, events: expect.arrayContaining(SIX_EVENTS) }]);
  });

  it('"OpenHands uses this PAT once and then discards it": Jira may forget it, and everything works', async () => {
    const { id } = jira().accessTokens.create(DATA_CENTER_KEYS.ada, { name: 'short-lived', token: 'short-lived-token', days: 1 });
    const { text } = await install(ada, 'short-lived-token');
    jira().accessTokens.revoke(DATA_CENTER_KEYS.ada, id);
    expect(text).not.toContain('short-lived-token');
    const used = administrationCalls();
    expect(used).toBeGreaterThan(0);
    await connect(stage, ben, 'ben');
    const issue = newIssue();
    const { jobId } = await issue.ask('ben');
    expect(await issue.jobIsOver(jobId)).toMatchObject({ state: 'succeeded' });
    expect(administrationCalls()).toBe(used);
    expect(await install(ada, 'short-lived-token')).toMatchObject({ status: 422, json: { code: 'jira_rejected_credentials' } });
  });

  it('"Generate webhook details" shows URL and secret once, and "I created the webhook" makes it active', async () => {
    await connect(stage, ben, 'ben');
    const { json: details } = await ben.put(`${ROUTES}/webhook`, { mode: 'manual' });
    expect(details).toMatchObject({ webhookUrl: `${stage.url}/integration/jira-dc/connections/${details.connectionId}/events`, secret: expect.stringMatching(/^[\w-]{43}$/) });
    expect([...details.events].sort()).toEqual([...SIX_EVENTS].sort());
    expect((await ben.get('/api/v1/integrations')).text).not.toContain(details.secret);

    jira().webhooks.register({ name: 'OpenHands', url: details.webhookUrl, secret: details.secret, events: details.events });
    const issue = newIssue();
    expect(await issue.ask('ben')).toMatchObject({ outcome: 'ignored', reason: 'connection_pending' });
    expect(await ben.post(`${ROUTES}/webhook/confirmation`)).toMatchObject({ status: 200, json: { status: 'active' } });
    await eventually(() => issue.ask('ben', 'Thank you.'), (one) => one.reason !== 'connection_pending', 'the connection to be open');
    expect(await issue.ask('ben')).toMatchObject({ outcome: 'job', reason: 'started' });
  });

  it('"Jira must include the request body and sign deliveries": otherwise they are refused', async () => {
    await install(ada);
    const issue = newIssue();
    const comment = () => stage.sandbox.dataCenterActions.comment(issue.key, 'ben', 'Thank you.');
    const [webhook] = webhooks();
    webhook!.excludeBody = true;
    expect(await issue.attempt(comment)).toMatchObject({ status: 400, answer: expect.stringContaining('Exclude body') });
    Object.assign(webhook!, { excludeBody: false, secret: null });
    expect(await issue.attempt(comment)).toMatchObject({ status: 403, answer: expect.stringContaining('Check that the webhook URL and the secret') });
  });

  it('"Use these events": all six are taken', async () => {
    await install(ada);
    const issue = newIssue();
    const { id } = stage.sandbox.dataCenterActions.comment(issue.key, 'ben', 'First.');
    stage.sandbox.dataCenterActions.editComment(issue.key, id, 'Second.');
    stage.sandbox.dataCenterActions.addLabel(issue.key, 'ben', 'later');
    stage.sandbox.dataCenterActions.deleteComment(issue.key, id);
    jira().store.deleteIssue(issue.issue, DATA_CENTER_KEYS.ben);
    await jira().webhooks.idle();
    const { items } = (await ada.get('/api/v1/deliveries?limit=100')).json as { items: { event: string }[] };
    expect([...new Set(items.map((one) => one.event.split(' ')[0]))].sort()).toEqual([...SIX_EVENTS].sort());
  });
});

describe('Link Users', () => {
  beforeAll(setUp);

  it('"Other teammates only need to connect their own account": they need no admin PAT, and cannot touch the webhook', async () => {
    expect(await cardOf(ben)).toMatchObject({ state: 'active', capabilities: ['unlink', 'view_deliveries'], connection: { ownedByCaller: false } });
    expect(await install(ben)).toMatchObject({ status: 403, json: { code: 'not_owner' } });
    expect(await newIssue().ask('ben')).toMatchObject({ outcome: 'job', actor: 'Ben Builder' });
  });

  it('"has an account but has not connected": a comment asks to connect and to try again', async () => {
    const issue = newIssue();
    expect(await issue.ask('ada')).toMatchObject({ outcome: 'refused', reason: 'user_not_linked' });
    expect(await issue.comment()).toMatch(/^\[~ada\].*connect.*settings.*Then ask again/is);
    expect(await issue.comment()).not.toMatch(AN_ADDRESS);
  });

  it('"no account exists for the Jira user\'s email address": a comment asks to sign up and to try again', async () => {
    const issue = newIssue();
    expect(await issue.ask('cleo')).toMatchObject({ outcome: 'refused', reason: 'user_no_account' });
    expect(await issue.comment()).toMatch(/^\[~cleo\].*sign up.*Then ask again/is);
    expect(await issue.comment()).not.toMatch(AN_ADDRESS);
  });
});

describe('Trigger OpenHands from Jira', () => {
  beforeAll(setUp);

  it('"in the issue description or in a follow-up comment": a line "Repository: Acme/web-app" names it', async () => {
    const [described, followed] = [newIssue({ description: 'The total is wrong.\nRepository: Acme/web-app\nPlease be quick.' }), newIssue({ description: null })];
    expect(await followed.ask('ben', 'Repository: Acme/web-app')).toMatchObject({ outcome: 'ignored', reason: 'no_mention_no_label' });
    for (const issue of [described, followed]) {
      const { jobId } = await issue.ask('ben');
      expect(await issue.jobIsOver(jobId)).toMatchObject({ repository: { provider: 'github', fullName: 'Acme/web-app' } });
    }
  });

  it('"A Jira comment containing @openhands"', async () => {
    const issue = newIssue();
    const { jobId } = await issue.ask('ben', 'This is urgent, @openhands could you fix it?');
    expect(await issue.jobIsOver(jobId)).toMatchObject({ trigger: 'mention', requestedBy: { name: 'Ben Builder' } });
  });

  it('"The openhands label on the issue"', async () => {
    const issue = newIssue();
    const { jobId } = await issue.label('ben');
    expect(await issue.jobIsOver(jobId)).toMatchObject({ trigger: 'label', requestedBy: { name: 'Ben Builder' } });
  });

  it.each([
    ['cannot determine the repository', 'It is wrong.', 'repo_missing', /Repository: owner\/name.*ask again/is],
    ['cannot read its name', 'Repository: the shop', 'repo_invalid', /the shop.*Repository: owner\/name.*ask again/is],
    ['cannot access the repository', 'Repository: Acme/read-only', 'repo_no_access', /Acme\/read\\-only.*your rights.*ask again/is],
    ['finds that it does not exist', 'Repository: Acme/nothing', 'repo_no_access', /Acme\/nothing.*Check the name.*ask again/is],
  ])('"If OpenHands %s, it comments with the next step"', async (_, description, reason, words) => {
    const issue = newIssue({ description });
    expect(await issue.ask('ben')).toMatchObject({ outcome: 'refused', reason });
    expect(await issue.comment()).toMatch(words);
  });
});
