import type { JiraActor } from '@openhands-jira/domain';
import { DATA_CENTER_KEYS } from '../../../../tools/sandbox/seed.ts';
import { Connections } from '../connections/connections.service.js';
import { Jiras } from '../jira/jiras.service.js';
import { Linking } from '../linking/linking.service.js';
import { type JiraBench, type SignedIn, startDataCenterBench } from '../testing/jira-bench.js';

const HOUR_MS = 3_600_000;
const ben: JiraActor = { id: DATA_CENTER_KEYS.ben, name: 'ben', displayName: 'Ben Builder', kind: 'person' };
const cleo: JiraActor = { id: DATA_CENTER_KEYS.cleo, name: 'cleo', displayName: 'Cleo Customer', kind: 'person' };

async function connectionId(bench: JiraBench): Promise<string> {
  return (await bench.db.query<{ id: string }[]>('SELECT id FROM connections'))[0]!.id;
}

async function whoIs(bench: JiraBench, actor: JiraActor, onlyLook = false) {
  const id = await connectionId(bench);
  return bench.app.get(Linking, { strict: false }).whoIs(id, actor, await bench.app.get(Jiras, { strict: false }).clientFor(id), onlyLook);
}

describe('The authorisation behind a link', () => {
  let bench: JiraBench;
  let person: SignedIn;
  const tokenCalls = () => bench.sandbox.jiraDataCenter.standIn.calls.filter((call) => call.path.endsWith('/token'));

  beforeEach(async () => {
    bench = await startDataCenterBench();
    person = await bench.person('Ben', 'ben@example.com');
    await person.prove('POST', '/api/v1/jira-data-center/link', undefined, 'ben');
    bench.sandbox.jiraDataCenter.standIn.calls.length = 0;
  });
  afterEach(() => bench.close());

  it('is not asked about while its token is good', async () => {
    expect(await whoIs(bench, ben)).toMatchObject({ kind: 'person', user: { id: person.id }, link: { method: 'oauth' } });
    expect(tokenCalls()).toEqual([]);
  });

  it('is renewed once when its token is over, however many ask', async () => {
    bench.time.advance(2 * HOUR_MS);
    const answers = await Promise.all(Array.from({ length: 5 }, () => whoIs(bench, ben)));
    expect(answers.map((who) => who.kind)).toEqual(Array(5).fill('person'));
    expect(tokenCalls()).toHaveLength(1);
    bench.time.advance(2 * HOUR_MS);
    expect((await whoIs(bench, ben)).kind).toBe('person');
  });

  it('ends the link when the person took it back', async () => {
    bench.sandbox.jiraDataCenter.oauth.revokeAll();
    bench.time.advance(2 * HOUR_MS);
    expect(await whoIs(bench, ben)).toMatchObject({ kind: 'refused', reason: 'user_link_expired' });
    expect(await bench.db.query('SELECT status FROM links')).toEqual([{ status: 'expired' }]);
    expect(await person.prove('POST', '/api/v1/jira-data-center/link', undefined, 'ben')).toEqual({ result: 'linked', code: 'ok' });
    expect((await whoIs(bench, ben)).kind).toBe('person');
  });

  it.each([
    ['is away', { effect: { kind: 'reset' } }],
    ['shows a login page', { effect: { kind: 'html' } }],
    ['does not know our client any more', { effect: { kind: 'status', status: 401, body: { error: 'invalid_client' } } }],
  ] as const)('says nothing about the link when Jira %s', async (_, fault) => {
    bench.time.advance(2 * HOUR_MS);
    bench.sandbox.jiraDataCenter.standIn.faults.add({ path: '/token', ...fault });
    await expect(whoIs(bench, ben)).rejects.toMatchObject({ code: 'jira_unreachable' });
    expect((await whoIs(bench, ben)).kind).toBe('person');
  });
});

describe('Who somebody is by e-mail address', () => {
  let bench: JiraBench;
  let person: SignedIn;
  const jira = () => bench.sandbox.jiraDataCenter;

  beforeEach(async () => {
    bench = await startDataCenterBench({ JIRA_DC_LINK_METHOD: 'email', JIRA_DC_CLIENT_ID: '', JIRA_DC_CLIENT_SECRET: '', ADMIN_EMAILS: 'root@example.com' });
    person = await bench.person('Ben', 'Ben@Example.com');
    const root = await bench.person('Root', 'root@example.com');
    expect((await root.send('PUT', '/api/v1/jira-data-center/webhook', { mode: 'manual' })).status).toBe(200);
  });
  afterEach(() => bench.close());

  it('can be set up from start to end with a service account that the environment manages', async () => {
    const owner = await bench.person('Olga', 'olga@example.com');
    await bench.db.query('UPDATE connections SET owner_id = $1', [owner.id]);
    expect(await owner.integration('jira-data-center')).toMatchObject({ state: 'setup_incomplete', linkMethod: 'email', connection: { serviceAccount: { managedBy: 'environment' } } });
    expect(await person.send('POST', '/api/v1/jira-data-center/link')).toMatchObject({ status: 200, body: { link: { jiraAccountId: ben.id, method: 'email' } } });
    expect(await owner.send('POST', '/api/v1/jira-data-center/webhook/confirmation')).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(await person.integration('jira-data-center')).toMatchObject({ state: 'active', link: { method: 'email' }, capabilities: expect.arrayContaining(['unlink']) });
    expect(await whoIs(bench, ben)).toMatchObject({ kind: 'person', user: { id: person.id } });
  });

  it('is found with the first trigger, and sees the link afterwards', async () => {
    expect(await whoIs(bench, ben)).toMatchObject({ kind: 'person', user: { id: person.id }, link: { jiraAccountId: ben.id, method: 'email' } });
    expect((await person.integration('jira-data-center')).link).toMatchObject({ jiraAccountId: ben.id, method: 'email' });
    expect((await whoIs(bench, ben)).kind).toBe('person');
  });

  it('is found by a trial too, which links nobody', async () => {
    expect(await whoIs(bench, ben, true)).toMatchObject({ kind: 'person', user: { id: person.id }, link: { jiraAccountId: ben.id, method: 'email' } });
    expect(await bench.db.query('SELECT 1 FROM links')).toEqual([]);
    await whoIs(bench, ben);
    [jira().store.person(ben.id).emailAddress, jira().store.person(cleo.id).emailAddress] = ['b@example.com', 'ben@example.com'];
    expect(await whoIs(bench, cleo, true)).toMatchObject({ kind: 'refused', reason: 'user_link_ambiguous' });
  });

  it.each<[string, () => unknown, string]>([
    ['Jira hides the address', () => (jira().behaviour.showsEmails = false), 'user_email_hidden'],
    ['nobody here has the address', () => bench.db.query(`DELETE FROM users WHERE name = 'Ben'`), 'user_no_account'],
    ['nobody has verified the address', () => bench.db.query('UPDATE users SET email_verified = false'), 'user_no_account'],
    ['two people here have the address', () => bench.person('Other Ben', 'ben@example.com'), 'user_link_ambiguous'],
    ['two Jira accounts have the address', () => (jira().store.person(cleo.id).emailAddress = 'ben@example.com'), 'user_link_ambiguous'],
    ['the person is linked to another Jira account', () => whoIs(bench, ben).then(() => (jira().store.person(ben.id).emailAddress = 'b@example.com', jira().store.person(cleo.id).emailAddress = 'ben@example.com')), 'user_link_ambiguous'],
  ])('is refused when %s', async (_, arrange, reason) => {
    await arrange();
    const who = await whoIs(bench, reason === 'user_link_ambiguous' ? cleoOrBen(jira().store.person(cleo.id).emailAddress) : ben);
    expect(who).toMatchObject({ kind: 'refused', reason, state: { user_email_hidden: 'email_hidden', user_no_account: 'no_account', user_link_ambiguous: 'ambiguous' }[reason] });
    expect(who.detail).not.toContain('@');
  });

  it.each(['/rest/api/2/user', '/rest/api/2/user/search'])('is refused for a reason of its own when the service account may not look for people (%s)', async (path) => {
    jira().standIn.faults.add({ path, effect: { kind: 'status', status: 403 } });
    expect(await whoIs(bench, ben)).toMatchObject({ kind: 'refused', reason: 'user_search_forbidden', detail: expect.stringContaining('Browse Users') });
    expect(await bench.db.query('SELECT 1 FROM links')).toEqual([]);
    jira().standIn.faults.clear();
    expect(await whoIs(bench, ben)).toMatchObject({ kind: 'person' });
  });

  /** Whoever came second to the address. */
  function cleoOrBen(emailOfCleo: string): JiraActor {
    return emailOfCleo === 'ben@example.com' ? cleo : ben;
  }

  it('never believes an address that a delivery names', async () => {
    jira().behaviour.showsEmails = false;
    expect(await whoIs(bench, { ...ben, emailAddress: 'ben@example.com' })).toMatchObject({ reason: 'user_email_hidden' });
  });

  it('is one person when two deliveries ask at the same moment', async () => {
    const answers = await Promise.all([whoIs(bench, ben), whoIs(bench, ben)]);
    expect(answers.map((who) => who.kind)).toEqual(['person', 'person']);
    expect(await bench.db.query('SELECT jira_account_id FROM links')).toEqual([{ jira_account_id: ben.id }]);
  });
});

it('A link by e-mail address no longer counts once administrators have chosen OAuth', async () => {
  const bench = await startDataCenterBench();
  const person = await bench.person('Ben', 'ben@example.com');
  await person.prove('POST', '/api/v1/jira-data-center/link', undefined, 'ben');
  const connection = await bench.app.get(Connections, { strict: false }).byId(await connectionId(bench));
  const ownLink = () => bench.app.get(Linking, { strict: false }).ownLink(connection!, person.id);
  expect(await ownLink()).toMatchObject({ userId: person.id });
  await bench.db.query(`UPDATE links SET method = 'email'`);
  expect(await whoIs(bench, ben)).toMatchObject({ kind: 'refused', reason: 'user_not_linked' });
  expect(await ownLink()).toBeNull();
  await bench.close();
});
