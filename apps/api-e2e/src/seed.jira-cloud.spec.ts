/** The public guide "Jira Cloud Integration", section "Workspace Integration": one story per sentence. */
import { DataSource } from 'typeorm';
import { Browser } from '../../../tools/sandbox/browser.ts';
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';
import { NAMED_SCRIPTS } from '../../../tools/sandbox/openhands/scripts.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { ACCOUNTS, CREDENTIALS, Stage } from './stage.js';

const WORKSPACES = '/api/v1/jira-cloud/workspaces';
const SITE = 'acme.atlassian.net';
const CREDENTIAL_FIELDS = {
  webhookSecret: CREDENTIALS.webhookSecret,
  serviceAccountEmail: CREDENTIALS.serviceAccountEmail,
  serviceAccountApiToken: CREDENTIALS.serviceAccountToken,
};

let stage: Stage;
let db: DataSource;
/** Sets the workspace up in these stories: the original user. */
let ada: Browser;
/** A colleague. */
let ben: Browser;

beforeAll(async () => {
  stage = await Stage.open();
  db = stage.inside(DataSource);
  makeIssues();
  [ada, ben] = [await stage.signIn('ada'), await stage.signIn('ben')];
});
afterAll(() => stage.close());

/** Every story begins without any integration. */
beforeEach(async () => {
  await stage.sandbox.jira.webhooks.idle();
  stage.sandbox.jira.webhooks.webhooks.length = 0;
  await db.query('DELETE FROM connections');
});

/** The return page and what its address says. */
function told(url: URL): { page: string; product: string | null; result: string | null; code: string | null } {
  const { searchParams } = url;
  return { page: url.pathname, product: searchParams.get('product'), result: searchParams.get('result'), code: searchParams.get('code') };
}

const RETURNED = { page: '/settings/integrations/return', product: 'jira-cloud' };

async function integrationOf(browser: Browser): Promise<{ state: string; reasons: { code: string }[]; connection: { id: string; status: string; webhook: { url: string; sharedUrl: string } } | null; link: { jiraAccountId: string } | null; capabilities: string[] }> {
  const { items } = (await browser.get('/api/v1/integrations')).json;
  return items.find((one: { product: string }) => one.product === 'jira-cloud');
}

/** Signs a comment of nobody in particular with a secret; gives the HTTP status. */
async function knock(connectionId: string, secret: string = CREDENTIALS.webhookSecret): Promise<number> {
  const body = JSON.stringify({ webhookEvent: 'comment_created', timestamp: Date.now(), comment: { id: String(Math.random()), body: 'Nothing for us.' }, issue: { id: '1', key: 'SHOP-1' } });
  return (await stage.deliver(connectionId, body, { 'x-hub-signature': sign(secret, body) })).status;
}

/** Issues that wait for their story; they were made before there was any webhook. */
const issues: string[] = [];

/** An issue of its own, so that stories do not meet. */
const newIssue = (): string => issues.pop()!;

function makeIssues(): void {
  const { store } = stage.sandbox.jira;
  for (let number = 101; number <= 110; number += 1) {
    const { key } = store.addIssue({ projectKey: 'SHOP', number, summary: 'Prices are rounded twice', description: 'Repository: Acme/web-app', reporterId: ACCOUNTS.ben });
    issues.push(key);
  }
}

describe('Step 1: Log in', () => {
  it.each(['github', 'gitlab'] as const)('"Sign in with your Git provider": %s', async (provider) => {
    const browser = new Browser(stage.url);
    const answer = await stage.signInWith(browser, 'ada', provider);
    expect(new URL(answer.url).pathname).toBe('/settings/integrations');
    const me = (await browser.get('/api/v1/me')).json;
    expect(me).toMatchObject({ name: 'Ada Admin', email: 'ada@example.com', identities: [{ provider, login: 'ada' }] });
  });

  it('"the same Git provider account that contains the repositories": the agent works on those of the account that signed in', async () => {
    await stage.connectWorkspace(ada);
    const benAtGitLab = await stage.signIn('ben', 'gitlab');
    await stage.link(benAtGitLab, ACCOUNTS.ben);
    const [own, other] = [newIssue(), newIssue()];
    stage.comment(own, ACCOUNTS.ben, '@openhands fix it.\nRepository: acme/platform/billing/service');
    expect(await stage.decided(ada, own)).toMatchObject({ outcome: 'job', reason: 'started' });
    stage.comment(other, ACCOUNTS.ben, `@openhands fix it.\nRepository: ${stage.sandbox.github.url}/Acme/web-app`);
    expect(await stage.decided(ada, other)).toMatchObject({ outcome: 'refused', reason: 'git_provider_not_connected' });
  });
});

describe('Step 2: Configure', () => {
  it('"Locate Jira Cloud section": it offers to configure', async () => {
    expect(await integrationOf(ada)).toMatchObject({ state: 'not_configured', connection: null, link: null, capabilities: expect.arrayContaining(['configure', 'link']) });
  });

  it.each([
    ['the full workspace name', SITE],
    ['the bare name of the note', 'acme'],
    ['the address of an issue', encodeURIComponent(`https://${SITE}/browse/OH-55`)],
    ['the name in capitals', 'ACME.Atlassian.Net'],
  ])('"Enter your workspace name and click Connect": %s', async (_, name) => {
    expect(await ada.get(`${WORKSPACES}/${name}`)).toMatchObject({ status: 404, json: { code: 'not_found' } });
    await stage.connectWorkspace(ada);
    expect(await ben.get(`${WORKSPACES}/${name}`)).toMatchObject({ status: 200, json: { site: SITE, status: 'active' } });
  });

  it('refuses a name that is no Jira Cloud workspace, on its field', async () => {
    expect(await ada.post(WORKSPACES, { site: 'jira.example.com', ...CREDENTIAL_FIELDS })).toMatchObject({ status: 400, json: { code: 'validation_failed', errors: [{ path: 'site' }] } });
  });

  it.each(Object.keys(CREDENTIAL_FIELDS))('"If no integration exists, you\'ll be prompted to enter additional credentials": %s', async (field) => {
    const { [field as 'webhookSecret']: _, ...others } = CREDENTIAL_FIELDS;
    expect(await ada.post(WORKSPACES, { site: SITE, ...others })).toMatchObject({ status: 400, json: { code: 'validation_failed', errors: [{ path: field }] } });
    expect((await integrationOf(ada)).connection).toBeNull();
  });

  it('asks for no credentials when an integration exists: it goes straight to OAuth', async () => {
    await stage.connectWorkspace(ada);
    const { status, json } = await ben.post(`${WORKSPACES}/${SITE}/link`);
    expect(status).toBe(200);
    expect(told(await stage.consent(ben, json.authorizationUrl, ACCOUNTS.ben))).toEqual({ ...RETURNED, result: 'linked', code: 'ok' });
    expect(await integrationOf(ben)).toMatchObject({ state: 'active', link: { jiraAccountId: ACCOUNTS.ben } });
  });

  it('"Ensure Active toggle is enabled": without it everything is set up, and nothing starts', async () => {
    const connectionId = await stage.connectWorkspace(ada, { active: false });
    expect(await integrationOf(ada)).toMatchObject({ state: 'paused', connection: { status: 'inactive' } });
    const issue = newIssue();
    stage.comment(issue, ACCOUNTS.ada, '@openhands please fix this');
    expect(await stage.decided(ada, issue)).toMatchObject({ outcome: 'ignored', reason: 'connection_paused' });
    expect(stage.ourComments(issue)).toEqual([]);
    const edit = await ada.patch(`${WORKSPACES}/${connectionId}`, { active: true });
    await stage.consent(ada, edit.json.authorizationUrl, ACCOUNTS.ada);
    expect(await integrationOf(ada)).toMatchObject({ state: 'active' });
  });

  it.each([
    ['a token that Jira does not know', { serviceAccountApiToken: 'not-the-token' }, 422, 'jira_rejected_credentials', 'serviceAccountApiToken'],
    ['an e-mail address that is none', { serviceAccountEmail: 'openhands' }, 400, 'validation_failed', 'serviceAccountEmail'],
    ['a secret with a line break inside', { webhookSecret: 'one\ntwo' }, 400, 'validation_failed', 'webhookSecret'],
    ['a workspace that does not exist', { site: 'nobody-has-this.atlassian.net' }, 502, 'jira_unreachable', 'site'],
  ])('refuses %s before anything is stored, on its field', async (_, fields, status, code, path) => {
    const answer = await ada.post(WORKSPACES, { site: SITE, ...CREDENTIAL_FIELDS, ...fields });
    expect(answer).toMatchObject({ status, json: { code, errors: [{ path, message: expect.stringMatching(/\w{3}/) }] } });
    expect(await db.query('SELECT id FROM connections')).toEqual([]);
  });

  it.each([
    ['reading', ['read:me', 'write:jira-work'], 'read:jira-work'],
    ['writing', ['read:me', 'read:jira-work'], 'write:jira-work'],
  ])('refuses an API token that was made without the scope for %s, and names the scope', async (_, scopes, missing) => {
    const account = stage.sandbox.jira.serviceTokens[0]!;
    const former = account.scopes;
    account.scopes = scopes;
    const answer = await ada.post(WORKSPACES, { site: SITE, ...CREDENTIAL_FIELDS });
    account.scopes = former;
    expect(answer).toMatchObject({ status: 422, json: { code: 'jira_missing_permission', errors: [{ path: 'serviceAccountApiToken', message: expect.stringContaining(missing) }] } });
  });

  it('refuses a service account that may not comment, on the account', async () => {
    const { accountId } = stage.sandbox.jira.serviceTokens[0]!;
    stage.sandbox.jira.withholdPermission(accountId, 'ADD_COMMENTS');
    const answer = await ada.post(WORKSPACES, { site: SITE, ...CREDENTIAL_FIELDS });
    stage.sandbox.jira.restorePermission(accountId, 'ADD_COMMENTS');
    expect(answer).toMatchObject({ status: 422, json: { code: 'jira_missing_permission', errors: [{ path: 'serviceAccountEmail' }] } });
  });

  it('refuses a second person who wants to set the same workspace up', async () => {
    await stage.connectWorkspace(ada);
    expect(await ben.post(WORKSPACES, { site: SITE, ...CREDENTIAL_FIELDS })).toMatchObject({ status: 409, json: { code: 'conflict', detail: expect.stringContaining('Link your account') } });
  });
});

describe('Step 3: Complete OAuth Flow', () => {
  /** Ada typed everything; the consent page is next. */
  const begun = async (): Promise<{ authorizationUrl: string; connectionId: string }> => (await ada.post(WORKSPACES, { site: SITE, ...CREDENTIAL_FIELDS })).json;

  it('"You\'ll be redirected to Jira Cloud to complete OAuth verification": nothing has taken effect by then', async () => {
    const { authorizationUrl, connectionId } = await begun();
    const { origin, pathname, searchParams } = new URL(authorizationUrl);
    expect({ origin, pathname }).toEqual({ origin: stage.sandbox.urls.atlassian, pathname: '/authorize' });
    expect(Object.fromEntries(searchParams)).toMatchObject({ response_type: 'code', prompt: 'consent', audience: 'api.atlassian.com', redirect_uri: `${stage.url}/integration/jira/callback` });
    expect(await integrationOf(ada)).toMatchObject({ state: 'setup_incomplete', connection: { id: connectionId, status: 'pending' }, link: null });
    expect((await ben.get(`${WORKSPACES}/${SITE}`)).status).toBe(404);
    expect((await ben.post(`${WORKSPACES}/${SITE}/link`)).status).toBe(404);
  });

  it('"If successful, you will be redirected back to the Integrations settings"', async () => {
    const { authorizationUrl, connectionId } = await begun();
    expect(told(await stage.consent(ada, authorizationUrl, ACCOUNTS.ada))).toEqual({ ...RETURNED, result: 'configured', code: 'ok' });
    expect(await integrationOf(ada)).toMatchObject({ state: 'active', connection: { id: connectionId, status: 'active' }, link: { jiraAccountId: ACCOUNTS.ada } });
    expect(await knock(connectionId)).toBe(200);
  });

  it('"to verify your workspace access": whoever belongs to another workspace proves nothing', async () => {
    const { authorizationUrl } = await begun();
    expect(told(await stage.consent(ada, authorizationUrl, ACCOUNTS.dora))).toEqual({ ...RETURNED, result: 'wrong_site', code: 'site_not_accessible' });
    expect(await integrationOf(ada)).toMatchObject({ state: 'setup_incomplete', link: null });
  });

  it('"Grant the necessary permissions": who denies lands on the page too, and may try again', async () => {
    const { authorizationUrl } = await begun();
    expect(told(await stage.refuse(ada, authorizationUrl))).toEqual({ ...RETURNED, result: 'denied', code: 'access_denied' });
    const again = await begun();
    expect(told(await stage.consent(ada, again.authorizationUrl, ACCOUNTS.ada))).toMatchObject({ result: 'configured' });
  });

  it('ends after ten minutes', async () => {
    const { authorizationUrl } = await begun();
    await db.query(`UPDATE oauth_attempts SET expires_at = expires_at - interval '10 minutes'`);
    expect(told(await stage.consent(ada, authorizationUrl, ACCOUNTS.ada))).toEqual({ ...RETURNED, result: 'expired', code: 'state_unknown' });
    expect(await integrationOf(ada)).toMatchObject({ state: 'setup_incomplete' });
  });

  it('works once', async () => {
    const { authorizationUrl } = await begun();
    await stage.consent(ada, authorizationUrl, ACCOUNTS.ada);
    expect(told(await stage.consent(ada, authorizationUrl, ACCOUNTS.ada))).toMatchObject({ result: 'expired' });
  });

  it('belongs to the browser in which it began', async () => {
    const { authorizationUrl } = await begun();
    const elsewhere = await stage.signIn('ada');
    expect(told(await stage.consent(elsewhere, authorizationUrl, ACCOUNTS.ada))).toEqual({ ...RETURNED, result: 'expired', code: 'state_unknown' });
    expect(told(await stage.consent(ben, authorizationUrl, ACCOUNTS.ben))).toMatchObject({ result: 'expired' });
    expect(told(await stage.consent(new Browser(stage.url), authorizationUrl, ACCOUNTS.ada))).toMatchObject({ result: 'expired' });
    expect(await integrationOf(ada)).toMatchObject({ state: 'setup_incomplete', link: null });
  });

  it('refuses a Jira account that somebody else has linked already', async () => {
    await stage.connectWorkspace(ada);
    expect(told(await stage.link(ben, ACCOUNTS.ada))).toEqual({ ...RETURNED, result: 'conflict', code: 'jira_account_taken' });
    expect((await integrationOf(ben)).link).toBeNull();
  });
});

describe('Edit Configuration', () => {
  let connectionId: string;
  const edit = (fields: object): ReturnType<Browser['patch']> => ada.patch(`${WORKSPACES}/${connectionId}`, fields);

  beforeEach(async () => {
    connectionId = await stage.connectWorkspace(ada);
    await stage.link(ben, ACCOUNTS.ben);
  });

  it('"Only the original user who created the integration can see the edit view"', async () => {
    expect((await integrationOf(ada)).capabilities).toContain('edit');
    expect((await integrationOf(ben)).capabilities).not.toContain('edit');
    expect(await ben.patch(`${WORKSPACES}/${connectionId}`, { active: false })).toMatchObject({ status: 403, json: { code: 'not_owner' } });
    expect(await integrationOf(ben)).toMatchObject({ state: 'active' });
  });

  it('"Update any necessary credentials" and "repeat the OAuth flow": the old secret opens until the proof', async () => {
    const { json } = await edit({ webhookSecret: 'a-new-webhook-secret' });
    expect([await knock(connectionId), await knock(connectionId, 'a-new-webhook-secret')]).toEqual([200, 403]);
    expect(told(await stage.refuse(ada, json.authorizationUrl))).toMatchObject({ result: 'denied' });
    expect([await knock(connectionId), await knock(connectionId, 'a-new-webhook-secret')]).toEqual([200, 403]);
  });

  it('takes effect with the proof; Jira may go on with the former secret for a day', async () => {
    const { json } = await edit({ webhookSecret: 'a-new-webhook-secret' });
    expect(told(await stage.consent(ada, json.authorizationUrl, ACCOUNTS.ada))).toEqual({ ...RETURNED, result: 'configured', code: 'ok' });
    await eventually(() => knock(connectionId, 'a-new-webhook-secret'), (status) => status === 200, 'the new secret to open');
    expect(await knock(connectionId)).toBe(200);
    await db.query(`UPDATE connections SET previous_secret_until = now() - interval '1 second', version = version + 1`);
    await eventually(() => knock(connectionId), (status) => status === 403, 'the former secret to end');
  });

  it('keeps everything that was not edited, and the link of everybody', async () => {
    const before = await integrationOf(ada);
    const { json } = await edit({ serviceAccountTokenExpiresAt: '2099-01-01T00:00:00Z' });
    await stage.consent(ada, json.authorizationUrl, ACCOUNTS.ada);
    const { connection, ...after } = await integrationOf(ada);
    expect(connection).toEqual({ ...before.connection, serviceAccount: expect.objectContaining({ expiresAt: '2099-01-01T00:00:00.000Z' }), webhook: expect.objectContaining({ url: before.connection!.webhook.url }) });
    expect(after).toMatchObject({ state: 'active' });
    expect(await integrationOf(ben)).toMatchObject({ link: { jiraAccountId: ACCOUNTS.ben } });
    expect(await knock(connectionId)).toBe(200);
  });

  it('checks a new API token before the consent page', async () => {
    expect(await edit({ serviceAccountApiToken: 'not-the-token' })).toMatchObject({ status: 422, json: { code: 'jira_rejected_credentials', errors: [{ path: 'serviceAccountApiToken' }] } });
  });

  it('stays with its workspace: another name is refused on its field, the same one in another form is fine', async () => {
    expect(await edit({ site: 'globex.atlassian.net' })).toMatchObject({ status: 400, json: { code: 'validation_failed', errors: [{ path: 'site' }] } });
    expect(await edit({ site: 'ACME' })).toMatchObject({ status: 200 });
  });

  it('wants the proof from the same workspace', async () => {
    const { json } = await edit({ active: false });
    expect(told(await stage.consent(ada, json.authorizationUrl, ACCOUNTS.dora))).toMatchObject({ result: 'wrong_site' });
    expect(await integrationOf(ada)).toMatchObject({ state: 'active' });
  });
});

describe('Unlink Workspace', () => {
  let connectionId: string;
  const unlink = async (browser: Browser): Promise<number> => (await browser.delete('/api/v1/jira-cloud/link')).status;

  beforeEach(async () => {
    connectionId = await stage.connectWorkspace(ada);
    await stage.link(ben, ACCOUNTS.ben);
  });

  it('"This will deactivate your workspace link": of a member, the own link and nothing else', async () => {
    expect(await unlink(ben)).toBe(204);
    expect(await integrationOf(ben)).toMatchObject({ state: 'not_configured', connection: null, link: null });
    expect(await integrationOf(ada)).toMatchObject({ state: 'active', link: { jiraAccountId: ACCOUNTS.ada } });
    const issue = newIssue();
    stage.comment(issue, ACCOUNTS.ben, '@openhands please fix this');
    expect(await stage.decided(ada, issue)).toMatchObject({ outcome: 'refused', reason: 'user_not_linked' });
    expect(await unlink(ben)).toBe(204);
  });

  it('"any users currently linked will also be unlinked, and the workspace integration will be deactivated"', async () => {
    expect(await unlink(ada)).toBe(204);
    expect(await db.query('SELECT id FROM links')).toEqual([]);
    expect(await integrationOf(ben)).toMatchObject({ state: 'not_configured', connection: null, link: null });
    expect(await integrationOf(ada)).toMatchObject({ state: 'not_configured', reasons: [{ code: 'unlinked_by_owner' }], connection: { id: connectionId, status: 'inactive' }, link: null });
    expect((await ben.get(`${WORKSPACES}/${SITE}`)).status).toBe(404);
    expect((await ben.post(`${WORKSPACES}/${SITE}/link`)).status).toBe(404);
    await eventually(() => knock(connectionId), (status) => status === 403, 'the door to close');
  });

  it('stops the jobs that run, and says so in their issues', async () => {
    stage.sandbox.openhands.play(NAMED_SCRIPTS['runs-for-ever']!);
    const issue = newIssue();
    stage.comment(issue, ACCOUNTS.ben, '@openhands please fix this');
    const { jobId } = await stage.decided(ada, issue);
    const job = async (): Promise<{ state: string; cancelReason: string | null }> => (await ada.get(`/api/v1/jobs/${jobId}`)).json;
    await eventually(job, (one) => one.state === 'running', 'the job to run');
    expect(await unlink(ada)).toBe(204);
    expect(await eventually(job, (one) => one.state === 'cancelled', 'the job to end')).toMatchObject({ cancelReason: 'connection_removed' });
    expect(await stage.ourComment(issue, /stopped because the connection to this Jira was removed/)).toContain('Ben Builder');
  });

  it('"The integration can only be reactivated by the original user", with the same URLs', async () => {
    const { webhook } = (await integrationOf(ada)).connection!;
    await unlink(ada);
    expect(await ben.post(WORKSPACES, { site: SITE, ...CREDENTIAL_FIELDS })).toMatchObject({ status: 409, json: { code: 'conflict', detail: expect.stringContaining('Only that person can reactivate it') } });
    expect(await ben.patch(`${WORKSPACES}/${connectionId}`, { active: true })).toMatchObject({ status: 403, json: { code: 'not_owner' } });
    const { json } = await ada.patch(`${WORKSPACES}/${connectionId}`, { active: true });
    expect(told(await stage.consent(ada, json.authorizationUrl, ACCOUNTS.ada))).toEqual({ ...RETURNED, result: 'configured', code: 'ok' });
    expect(await integrationOf(ada)).toMatchObject({ state: 'active', connection: { id: connectionId, webhook: { url: webhook.url, sharedUrl: webhook.sharedUrl } } });
    await eventually(() => knock(connectionId), (status) => status === 200, 'the door to open again');
    expect((await integrationOf(ben)).link).toBeNull();
  });

  it('lets the original user set it up afresh too, with the same URLs', async () => {
    await unlink(ada);
    expect(await stage.connectWorkspace(ada)).toBe(connectionId);
  });
});
