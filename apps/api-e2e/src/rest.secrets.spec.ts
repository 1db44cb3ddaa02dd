/** Secrets go in and never come out: one story uses all of them, and then looks for them everywhere. */
import { jest } from '@jest/globals';
import { Diagnostics } from '@openhands-jira/contracts';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AppConfig } from '../../api/src/config/config.js';
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';
import type { OAuthServer } from '../../../tools/sandbox/oauth-server.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { Browser } from '../../../tools/sandbox/browser.ts';
import { completeSettings, connect, DataCenterIssue, install, SETTINGS } from './data-center-story.js';
import { ACCOUNTS, CREDENTIALS, Stage } from './stage.js';

const ADMIN_TOKEN = 'the-administrator-token-of-the-stories';
const NEW_WEBHOOK_SECRET = 'webhook-secret-of-the-edit';
/** What services behind us answer when they fail; it may hold anything. */
const UPSTREAM_BODY = 'upstream-text-that-nobody-may-see';
/** What people write in issues belongs into the database, but never into the log. */
const COMMENT_TEXT = 'the-words-of-a-comment';

/** A value by name, so that a failing test tells which one leaked where. */
type Secrets = Record<string, string>;

let stage: Stage;
let db: DataSource;
let ada: Browser;
let ben: Browser;
let connectionId: string;
/** OAuth codes and tokens that the stand-ins made. */
const issued: Secrets = {};
const answers: string[] = [];
const log: string[] = [];
/** Values that the story met on its way: session cookies, states, an API token. */
const met: Secrets = {};

beforeAll(async () => {
  captureLog();
  captureAnswers();
  stage = await Stage.open({ LOG_LEVEL: 'trace', LOG_FORMAT: 'json', OUTBOUND_ALLOWED_HOSTS: 'localhost', TRUSTED_CA_CERTIFICATES: '' });
  db = stage.inside(DataSource);
  const { atlassian, github, gitlab } = stage.sandbox;
  for (const [name, { oauth }] of Object.entries({ atlassian, github, gitlab, 'Jira Data Center': stage.sandbox.jiraDataCenter })) watch(name, oauth);
  await live();
}, 60_000);

afterAll(async () => {
  await stage.close();
  jest.restoreAllMocks();
});

/** Everything that the service writes to its standard output. */
function captureLog(): void {
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    log.push(text.toString());
    return true;
  });
}

/** Everything that the service answers: bodies, and headers other than those that carry cookies and states on purpose. */
function captureAnswers(): void {
  const original = globalThis.fetch;
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, options) => {
    const answer = await original(input, options);
    const address = input instanceof Request ? input.url : String(input);
    if (!address.startsWith(stage.url) || isTheOnce(address, options?.method)) return answer;
    const headers = [...answer.headers].filter(([name]) => !['set-cookie', 'location'].includes(name));
    answers.push(`${JSON.stringify(headers)}\n${await answer.clone().text()}`);
    return answer;
  });
}

/** The answers that hold a secret, once: a new API token, a link for a Jira administrator, and what that link opens. */
function isTheOnce(address: string, method: string | undefined): boolean {
  return method === 'POST' && /\/api\/v1\/(me\/api-tokens|connections\/[^/]+\/delegation|delegations\/open)$/.test(address);
}

function watch(name: string, oauth: OAuthServer): void {
  const [issueCode, grant] = [oauth.issueCode.bind(oauth), oauth.grant.bind(oauth)];
  let number = 0;
  oauth.issueCode = (request) => (issued[`code ${(number += 1)} of ${name}`] = issueCode(request));
  oauth.grant = (...values) => {
    const tokens = grant(...values);
    issued[`access token ${(number += 1)} of ${name}`] = tokens.accessToken;
    if (tokens.refreshToken !== null) issued[`refresh token ${number} of ${name}`] = tokens.refreshToken;
    return tokens;
  };
}

/** A whole life of the installation, with what goes wrong in it. */
async function live(): Promise<void> {
  [ada, ben] = [await stage.signIn('ada'), await stage.signIn('ben')];
  await stage.signIn('eve', 'gitlab');
  Object.assign(met, { 'session of Ada': ada.cookie('session'), 'session of Ben': ben.cookie('session'), 'browser of Ada': ada.cookie('oauth_browser') });
  await connectAfterFailures();
  await ben.put('/api/v1/me/agent', { apiKey: CREDENTIALS.openhandsKeyOfBen });
  const { token } = (await ben.post('/api/v1/me/api-tokens', { name: 'nightly' })).json;
  met['API token'] = token;
  await askAndBeRefused();
  await haveTheWebhookCreated();
  await workWithDataCenter();
  await failInside(token);
  await read();
}

async function connectAfterFailures(): Promise<void> {
  const { sandbox } = stage;
  const fields = { site: sandbox.jira.host, webhookSecret: CREDENTIALS.webhookSecret, serviceAccountEmail: CREDENTIALS.serviceAccountEmail };
  const { webhookSecret: _, ...account } = fields;
  for (const serviceAccountApiToken of ['a-token-typed-wrongly', CREDENTIALS.serviceAccountToken]) await ada.post('/api/v1/jira-cloud/service-account-checks', { ...account, serviceAccountApiToken });
  await ada.post('/api/v1/jira-cloud/workspaces', { ...fields, serviceAccountApiToken: 'a-token-typed-wrongly' });
  sandbox.atlassian.standIn.faults.add({ path: '/mypermissions', effect: { kind: 'status', status: 500, body: { message: UPSTREAM_BODY } }, times: 3 });
  await ada.post('/api/v1/jira-cloud/workspaces', { ...fields, serviceAccountApiToken: CREDENTIALS.serviceAccountToken });
  sandbox.atlassian.standIn.faults.clear();
  connectionId = await stage.connectWorkspace(ada);
  await ada.post(`/api/v1/connections/${connectionId}/test`);
  await stage.link(ben, ACCOUNTS.ben);
  const edit = (await ada.patch(`/api/v1/jira-cloud/workspaces/${connectionId}`, { webhookSecret: NEW_WEBHOOK_SECRET })).json;
  met['state of the edit'] = new URL(edit.authorizationUrl).searchParams.get('state')!;
  await stage.consent(ada, edit.authorizationUrl, ACCOUNTS.ada);
  sandbox.github.standIn.faults.add({ path: '/login/oauth/access_token', effect: { kind: 'status', status: 500, body: UPSTREAM_BODY } });
  await stage.signIn('eve');
  sandbox.openhands.standIn.faults.add({ effect: { kind: 'status', status: 500, body: UPSTREAM_BODY }, times: 3 });
  await ben.put('/api/v1/me/agent', { apiKey: CREDENTIALS.openhandsKeyOfBen });
  for (const { faults } of [sandbox.github.standIn, sandbox.openhands.standIn]) faults.clear();
  for (const path of ['/auth/github/callback?code=code-of-nobody&state=state-of-nobody', '/integration/jira/callback?code=code-of-nobody&state=state-of-nobody']) await ada.get(path);
}

async function askAndBeRefused(): Promise<void> {
  stage.comment('SHOP-12', ACCOUNTS.ben, `@openhands ${COMMENT_TEXT}`);
  const { jobId, id, reason } = await stage.decided(ada, 'SHOP-12');
  expect(reason).toBe('started');
  await eventually(async () => (await ada.get(`/api/v1/jobs/${jobId}`)).json.state, (state) => state === 'succeeded', 'the job to succeed');
  await stage.ourComment('SHOP-12', /last words/);
  stage.comment('SHOP-13', ACCOUNTS.ben, `@openhands ${COMMENT_TEXT}`);
  expect(await stage.decided(ada, 'SHOP-13')).toMatchObject({ outcome: 'refused' });
  await ada.post(`/api/v1/deliveries/${id}/replay`);
  const body = JSON.stringify({ webhookEvent: 'comment_created', comment: { body: COMMENT_TEXT } });
  expect((await stage.deliver(jobId, body)).status).toBe(403);
  expect((await stage.deliver((await ada.get(`/api/v1/jobs/${jobId}`)).json.connectionId, body, { 'x-hub-signature': sign('a-wrong-secret', body) })).status).toBe(403);
}

/** Somebody else is the Jira administrator, and opens the link with the instructions. */
async function haveTheWebhookCreated(): Promise<void> {
  const link = new URL((await ada.post(`/api/v1/connections/${connectionId}/delegation`)).json.url).hash.slice(1);
  Object.assign(met, { 'link of a Jira administrator': link, 'secret that the link showed': (await new Browser(stage.url).post('/api/v1/delegations/open', { token: link })).json.secret });
  await ada.get(`/api/v1/connections/${connectionId}/delegation`);
}

/** The other Jira: its settings, the token of its administrator, a webhook, a link and a request. */
async function workWithDataCenter(): Promise<void> {
  const { standIn, webhooks } = stage.sandbox.jiraDataCenter;
  expect((await ada.put(SETTINGS, completeSettings(stage))).status).toBe(200);
  await ada.post(`${SETTINGS}/test`);
  await install(ada, 'an-admin-token-typed-wrongly');
  standIn.faults.add({ path: '/rest/jira-webhook', effect: { kind: 'status', status: 500, body: { message: UPSTREAM_BODY } } });
  await install(ada);
  standIn.faults.clear();
  expect((await install(ada)).json).toMatchObject({ installed: true });
  met['webhook secret of Jira Data Center'] = webhooks.webhooks[0]!.secret!;
  expect(await connect(stage, ben, 'ben')).toMatchObject({ result: 'linked' });
  const issue = new DataCenterIssue(stage, ada);
  const { jobId } = await issue.ask('ben', `@openhands ${COMMENT_TEXT}`);
  expect(await issue.jobIsOver(jobId)).toMatchObject({ state: 'succeeded' });
  for (const path of [SETTINGS, '/api/v1/admin/audit', '/api/v1/admin/links', '/api/v1/admin/unlinked-accounts', '/api/v1/admin/connections']) expect((await ada.get(path)).status).toBe(200);
}

/** A fault of our own: the tables are not what the program expects. */
async function failInside(token: string): Promise<void> {
  const bearer = { authorization: `Bearer ${token}` };
  expect((await fetch(`${stage.url}/api/v1/me`, { headers: bearer })).status).toBe(200);
  await db.query('ALTER TABLE users RENAME COLUMN agent_key_sealed TO away');
  expect((await ben.put('/api/v1/me/agent', { apiKey: CREDENTIALS.openhandsKeyOfBen })).status).toBe(500);
  await db.query('ALTER TABLE users RENAME COLUMN away TO agent_key_sealed');
  await db.query('ALTER TABLE api_tokens RENAME TO away');
  expect((await fetch(`${stage.url}/api/v1/me`, { headers: bearer })).status).toBe(500);
  await db.query('ALTER TABLE away RENAME TO api_tokens');
}

/** Everything that can be read, by those who may read most. */
async function read(): Promise<void> {
  for (const browser of [ada, ben]) {
    for (const path of ['/api/v1/me', '/api/v1/me/api-tokens', '/api/v1/integrations', '/api/v1/deliveries?limit=100', '/api/v1/jobs', '/metrics', '/api/openapi.json']) await browser.get(path);
    for (const list of ['deliveries', 'jobs']) {
      for (const { id } of (await browser.get(`/api/v1/${list}?limit=100`)).json.items) await browser.get(`/api/v1/${list}/${id}`);
    }
  }
  await fetch(`${stage.url}/api/v1/deliveries`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
}

/** What must be nowhere. */
function secrets(): Secrets {
  const { webhookSecret, serviceAccountToken, oauthClientSecret, openhandsKey, openhandsKeyOfBen } = CREDENTIALS;
  return {
    'webhook secret': webhookSecret, 'new webhook secret': NEW_WEBHOOK_SECRET, 'service account token': serviceAccountToken, 'mistyped token': 'a-token-typed-wrongly',
    'client secret': oauthClientSecret, 'key of the installation': openhandsKey, 'key of Ben': openhandsKeyOfBen, 'administrator token': ADMIN_TOKEN,
    'token of the service account at Jira Data Center': CREDENTIALS.dataCenterPat, 'token of an administrator of Jira Data Center': CREDENTIALS.dataCenterAdminPat, 'mistyped administrator token': 'an-admin-token-typed-wrongly',
    'webhook secret of Jira Data Center': met['webhook secret of Jira Data Center']!,
    'code of nobody': 'code-of-nobody', 'body of another service': UPSTREAM_BODY, ...issued, 'API token': met['API token']!, 'session of Ada': met['session of Ada']!, 'session of Ben': met['session of Ben']!,
    'link of a Jira administrator': met['link of a Jira administrator']!, 'secret that the link showed': met['secret that the link showed']!,
  };
}

/** The names of the values that occur in a text, in clear or in a common encoding. */
function found(values: Secrets, text: string): string[] {
  return Object.entries(values).filter(([, value]) => {
    expect(value.length).toBeGreaterThan(7);
    const bytes = Buffer.from(value);
    return [value, encodeURIComponent(value), bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')].some((form) => text.includes(form));
  }).map(([name]) => name);
}

/** All tables as text; bytes as the text that they may be. */
async function dump(): Promise<string> {
  const tables = await db.query<{ name: string; bytes: string[] }[]>(
    `SELECT format('%I.%I', c.table_schema, c.table_name) AS name, coalesce(array_agg(format('encode(%I, ''escape'')', c.column_name)) FILTER (WHERE c.data_type = 'bytea'), '{}') AS bytes
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE t.table_type = 'BASE TABLE' AND c.table_schema IN ('public', 'queue') GROUP BY 1`,
  );
  const rows = await Promise.all(tables.map(({ name, bytes }) => db.query<{ row: string }[]>(`SELECT concat_ws(' ', ${['row_to_json(t)::text', ...bytes].join(', ')}) AS row FROM ${name} t`)));
  return rows.flat().map(({ row }) => row).join('\n');
}

describe('After a whole life of the installation, no secret', () => {
  it('was missed: there were codes and tokens, and the search finds what is there', () => {
    const text = `x${Buffer.from('a secret').toString('base64')}x${encodeURIComponent('b/secret')}`;
    expect(found({ a: 'a secret', b: 'b/secret', c: 'c-secret' }, text)).toEqual(['a', 'b']);
    expect(Object.keys(issued).length).toBeGreaterThan(10);
    for (const server of ['atlassian', 'github', 'gitlab', 'Jira Data Center']) expect(Object.keys(issued).filter((name) => name.endsWith(` of ${server}`)).length).toBeGreaterThan(1);
    expect(Object.keys({ ...secrets(), ...met }).length).toBeGreaterThanOrEqual(30);
    expect(Object.values(secrets()).every((value) => typeof value === 'string')).toBe(true);
  });

  it('is in any answer', () => {
    const text = answers.join('\n');
    for (const known of ['Ada Admin', 'jira_rejected_credentials', 'internal_error', 'agent_unreachable', COMMENT_TEXT, 'openhands_jira_jobs']) expect(text).toContain(known);
    expect(found(secrets(), text)).toEqual([]);
    // Nor how it looks inside, though a table was missing.
    expect(text).not.toMatch(/QueryFailedError|relation \\?"|\\n\s+at |node_modules|node:internal/);
  });

  it('is in the log, nor is anything that people wrote', () => {
    const text = log.join('');
    for (const known of ['A request failed on our side', '"type":"QueryFailedError"']) expect(text).toContain(known);
    expect(found({ ...secrets(), ...met, 'words of a comment': COMMENT_TEXT }, text)).toEqual([]);
  });

  it('stands beside the sign-ins: each leaves a line, with who by id or why not, and without names', () => {
    const lines = log.join('').split('\n').filter((line) => line.includes('"context":"sign-in"')).map((line) => JSON.parse(line) as { msg: string; provider?: string; userId?: string; reason?: string });
    const [good, bad] = [lines.filter((one) => one.msg === 'A person signed in'), lines.filter((one) => one.msg === 'A sign-in did not succeed')];
    expect(new Set(good.map((one) => one.provider))).toEqual(new Set(['github', 'gitlab']));
    expect(good.every((one) => /^[0-9a-f-]{36}$/.test(one.userId ?? ''))).toBe(true);
    expect(bad.map((one) => one.reason)).toEqual(expect.arrayContaining(['expired']));
    expect(found({ name: 'Ada Admin', address: 'ada@example.com' }, JSON.stringify(lines))).toEqual([]);
  });

  it('is in the database in clear', async () => {
    const text = await dump();
    for (const known of ['acme.atlassian.net', 'Ben Builder', COMMENT_TEXT, '"v1.k1.']) expect(text).toContain(known);
    expect(found({ ...secrets(), ...met }, text)).toEqual([]);
  });

  it('is in what was written into issues, or in an address that was called', () => {
    const comments = ['SHOP-12', 'SHOP-13'].flatMap((key) => stage.ourComments(key).map((one) => JSON.stringify(one.raw.body)));
    const calls = Object.values(stage.sandbox.standIns).flatMap((standIn) => standIn.calls.map((call) => call.path)).filter((path) => !path.includes('/authorize'));
    expect([comments.length, calls.length > 20]).toEqual([3, true]);
    expect(found({ ...secrets(), ...met }, [...comments, ...calls].join('\n'))).toEqual([]);
  });

  it('is in the diagnostics for a support request, nor anything that says who, where or what', async () => {
    // Rejected calls are counted in memory first, and written together.
    const isCounted = (answer: { json: Diagnostics }): boolean => (answer.json.lastWeek?.rejected.length ?? 0) > 0;
    const { status, text, json } = await eventually(() => ada.get(`/api/v1/connections/${connectionId}/diagnostics`), isCounted, 'the rejected call to be counted');
    expect(status).toBe(200);
    const told = Diagnostics.parse(json);
    expect(told).toMatchObject({ connection: { id: connectionId, status: 'active', linkedPeople: 2 }, checks: { items: expect.arrayContaining([{ check: 'site', result: 'pass', at: null }]) }, installation: { node: process.version } });
    expect(told.lastWeek).toMatchObject({ deliveries: expect.arrayContaining([{ outcome: 'refused', reason: 'repo_missing', count: 1 }]), rejected: expect.arrayContaining([expect.objectContaining({ reason: 'signature_mismatch', count: 1 })]), jobs: [{ state: 'succeeded', failure: null, count: 1 }] });
    expect(told.lastDeliveries.find((one) => one.reason === 'started')?.trace.map((one) => `${one.step} ${one.result}`)).toEqual(expect.arrayContaining(['signature yes', 'person yes', 'outcome yes']));
    expect(told.lastDeliveries.map((one) => one.event)).toContain('comment_created');
    const settings = Object.fromEntries(told.installation!.configuration.map(({ name, set }) => [name, set]));
    expect(settings).toMatchObject({ JIRA_CLOUD_CLIENT_SECRET: true, PUBLIC_URL: true, TRIGGER_LABEL: false });
    const values = Object.entries(stage.inside(AppConfig).env).filter(([name]) => settings[name]).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    const texts = Object.fromEntries(values.filter((one): one is [string, string] => typeof one[1] === 'string' && one[1].length > 7));
    expect(Object.keys(texts).length).toBeGreaterThan(8);
    const who = { words: COMMENT_TEXT, owner: 'Ada Admin', asker: 'Ben Builder', site: stage.sandbox.jira.host, account: CREDENTIALS.serviceAccountEmail, 'account of Ben': ACCOUNTS.ben, repository: 'acme/web-app' };
    expect(found({ ...secrets(), ...met, ...texts, ...who }, text.toLowerCase() + text)).toEqual([]);
    expect(text).not.toMatch(/@|https?:|SHOP-\d/);
  });

  it('is in what browsers load: the page and its scripts', async () => {
    const folder = join(import.meta.dirname, '../../web/dist');
    const files = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile() && /\.(js|css|html|json|map)$/.test(one.name)) : [];
    const page = (await fetch(`${stage.url}/`)).text();
    const text = [await page, ...files.map((one) => readFileSync(join(one.parentPath, one.name), 'utf8'))].join('\n');
    expect(found({ ...secrets(), ...met }, text)).toEqual([]);
  });

  it('is in the figures that a monitoring system reads', async () => {
    const { text } = await ada.get('/metrics');
    expect(text).toContain('openhands_jira_');
    expect(found({ ...secrets(), ...met }, text)).toEqual([]);
  });
});
