/**
 * "The PAT is never stored": the one-time token of a Jira administrator is used in every way, good and bad, and then looked for
 * in the database, in the log and in every answer.
 */
import { jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { Answer, Browser } from '../../../tools/sandbox/browser.ts';
import type { Fault } from '../../../tools/sandbox/faults.ts';
import { DATA_CENTER_KEYS } from '../../../tools/sandbox/seed.ts';
import { CREDENTIALS, Stage } from './stage.js';

const GOOD = 'one-time-token-of-a-jira-administrator';
const WEAK = 'one-time-token-of-no-administrator';
const WRONG = 'one-time-token-that-nobody-knows';
const SERVICE_ACCOUNT_PAT = CREDENTIALS.dataCenterPat;

describe('The one-time token of a Jira administrator', () => {
  let stage: Stage;
  let ada: Browser;
  const log: string[] = [];
  const answers: Answer[] = [];
  const jira = () => stage.sandbox.jiraDataCenter;

  const install = async (adminToken: string, fault?: Fault): Promise<Answer> => {
    if (fault) jira().standIn.faults.add(fault);
    const answer = await ada.put('/api/v1/jira-data-center/webhook', { mode: 'automatic', adminToken });
    jira().standIn.faults.clear();
    answers.push(answer);
    return answer;
  };
  const remove = async (adminToken: string): Promise<Answer> => {
    const answer = await ada.request('DELETE', '/api/v1/jira-data-center/connection', { adminToken });
    answers.push(answer);
    return answer;
  };

  const statistics = async (adminToken: string): Promise<Answer> => {
    const answer = await ada.post('/api/v1/jira-data-center/webhook/statistics', { adminToken });
    answers.push(answer);
    return answer;
  };

  beforeAll(async () => {
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => (log.push(text.toString()), true));
    stage = await Stage.open({ LOG_LEVEL: 'trace', LOG_FORMAT: 'json', OUTBOUND_ALLOWED_HOSTS: 'localhost' });
    ada = await stage.signIn('ada');
    jira().accessTokens.create(DATA_CENTER_KEYS.ada, { name: 'once', token: GOOD, days: 1 });
    jira().accessTokens.create(DATA_CENTER_KEYS.ben, { name: 'weak', token: WEAK, days: 1 });
    await ada.put('/api/v1/admin/jira-data-center', {
      enabled: true, linkMethod: 'email', baseUrl: stage.sandbox.urls.jiraDataCenter, serviceAccountEmail: CREDENTIALS.dataCenterAccountEmail, serviceAccountPat: SERVICE_ACCOUNT_PAT,
    });
  }, 60_000);

  afterAll(async () => {
    await stage.close();
    jest.restoreAllMocks();
  });

  it('is used in every way that exists', async () => {
    const codes: unknown[] = [];
    for (const badTokenAnswer of ['unauthorized', 'redirect', 'login-page', 'anonymous'] as const) {
      jira().behaviour.badTokenAnswer = badTokenAnswer;
      codes.push((await install(WRONG)).json.code);
    }
    codes.push((await install(WEAK)).json.code);
    const path = '/rest/jira-webhook';
    for (const effect of [{ kind: 'reset' }, { kind: 'html' }, { kind: 'status', status: 404 }, { kind: 'status', status: 500, body: { token: GOOD } }, { kind: 'status', status: 400, body: { echo: GOOD } }] as const) {
      codes.push((await install(GOOD, { path, effect })).json.code);
    }
    expect(codes).toEqual([
      ...Array<string>(4).fill('jira_rejected_credentials'), 'jira_not_admin',
      'jira_unreachable', 'jira_rejected_credentials', 'webhook_api_missing', 'jira_unreachable', 'jira_unexpected_answer',
    ]);
    expect(await install(GOOD)).toMatchObject({ status: 200, json: { installed: true } });
    expect(await install(GOOD)).toMatchObject({ status: 200 });
    expect((await install(`${GOOD} with a blank`)).status).toBe(400);
    expect((await statistics(WEAK)).status).toBe(422);
    expect(await statistics(GOOD)).toMatchObject({ status: 200, json: { verdict: 'none' } });
    expect((await remove(WEAK)).status).toBe(422);
    expect(await remove(GOOD)).toMatchObject({ status: 200, json: { webhookRemoved: true } });
  });

  it('is in no table of the database, neither in clear nor encrypted', async () => {
    const dump = await dumpOf(stage.inside(DataSource));
    expect(dump).toContain('installation_settings');
    for (const token of [GOOD, WEAK, WRONG]) for (const form of formsOf(token)) expect(dump).not.toContain(form);
    // Every sealed text has a known place: those of the settings and of the webhook secret, and none for this token.
    const sealed = await stage.inside(DataSource).query<{ key: string }[]>('SELECT key FROM installation_settings WHERE value_sealed IS NOT NULL');
    expect(sealed.map((one) => one.key)).toEqual(['jira_data_center.service_account_pat']);
    const [connection] = await stage.inside(DataSource).query<Record<string, unknown>[]>('SELECT * FROM connections');
    expect(Object.keys(connection!).filter((column) => column.endsWith('_sealed') && connection![column] !== null)).toEqual(['webhook_secret_sealed']);
  });

  it('is in no line of the log', () => {
    expect(log.length).toBeGreaterThan(5);
    for (const token of [GOOD, WEAK, WRONG]) for (const form of formsOf(token)) expect(log.join('\n')).not.toContain(form);
  });

  it('is in no answer', () => {
    expect(answers.length).toBeGreaterThan(14);
    for (const answer of answers) for (const token of [GOOD, WEAK, WRONG]) expect(answer.text + JSON.stringify([...answer.headers])).not.toContain(token);
  });
});

/** A token as it is, and as bytes in the two ways in which a dump or a log may show them. */
function formsOf(token: string): string[] {
  return [token, Buffer.from(token).toString('hex'), Buffer.from(token).toString('base64').slice(0, 24)];
}

/** Every row of every table in every schema of ours, as text. */
async function dumpOf(db: DataSource): Promise<string> {
  const tables = await db.query<{ name: string }[]>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await db.query<{ row: string }[]>(`SELECT t::text AS row FROM ${name} t`);
    parts.push(name, ...rows.map((one) => one.row));
  }
  return parts.join('\n');
}
