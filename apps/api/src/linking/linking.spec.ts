import type { JiraActor } from '@openhands-jira/domain';
import { ACCOUNTS } from '../../../../tools/sandbox/seed.ts';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { WORKSPACE } from '../testing/cloud-site.js';
import { type JiraBench, type SignedIn, startJiraBench } from '../testing/jira-bench.js';
import { integrationCapabilities, type IntegrationFacts, integrationState } from './integration-state.js';
import { Linking } from './linking.service.js';

describe('Who a Jira account is here', () => {
  let bench: JiraBench;
  let linking: Linking;
  let ada: SignedIn;
  let connectionId: string;

  beforeAll(async () => {
    bench = await startJiraBench();
    linking = bench.app.get(Linking);
    ada = await bench.person('Ada', 'ada@example.com');
    await bench.person('Ben', 'Ben@Example.com');
    await ada.prove('POST', '/api/v1/jira-cloud/workspaces', WORKSPACE, ACCOUNTS.ada);
    connectionId = (await ada.integration()).connection!.id;
  });
  afterAll(() => bench.close());

  const actor = (id: string, changes: Partial<JiraActor> = {}): JiraActor => ({ id, displayName: 'Somebody', kind: 'person', ...changes });
  const shows = (email: string | null) => ({ emailOf: () => Promise.resolve(email), accountsWithEmail: () => Promise.resolve([]) });

  it('is a person with a link on this connection', async () => {
    expect(await linking.whoIs(connectionId, actor(ACCOUNTS.ada), shows(null))).toMatchObject({ kind: 'person', user: { id: ada.id, name: 'Ada' }, link: { jiraAccountId: ACCOUNTS.ada, method: 'oauth' } });
  });

  it('is nobody through a link on another connection', async () => {
    expect(await linking.whoIs(ada.id, actor(ACCOUNTS.ada), shows(null))).toMatchObject({ kind: 'refused', reason: 'user_not_linked' });
  });

  it.each([
    ['Jira hides the address', null, 'user_not_linked', 'email_hidden'],
    ['somebody here has the address', 'ben@example.com', 'user_not_linked', 'would_match'],
    ['nobody here has the address', 'new@example.com', 'user_no_account', 'no_account'],
  ])('is refused when there is no link and %s', async (_, email, reason, state) => {
    const who = await linking.whoIs(connectionId, actor(ACCOUNTS.ben), shows(email));
    expect(who).toMatchObject({ kind: 'refused', reason, state });
    expect(who.detail).not.toContain('@');
  });

  it('does not become a person through an address', async () => {
    expect(await linking.whoIs(connectionId, actor('', { emailAddress: 'ada@example.com' }), shows(null))).toMatchObject({ reason: 'user_not_linked' });
  });

  it('is treated as unlinked when Jira does not answer the question for the address', async () => {
    expect(await linking.whoIs(connectionId, actor(ACCOUNTS.ben), { ...shows(null), emailOf: () => Promise.reject(new Error('away')) })).toMatchObject({ reason: 'user_not_linked', state: 'not_linked' });
  });

  it('sees each connection that is theirs, the most important first', async () => {
    await bench.db.query(`INSERT INTO connections SELECT (jsonb_populate_record(c, '{"id": "0190a0b0-0000-7000-8000-00000000be7a", "site": "beta.atlassian.net", "site_url": "https://beta.atlassian.net", "cloud_id": "beta", "status": "paused"}')).* FROM connections c WHERE id = $1`, [connectionId]);
    const { connection, others } = await ada.integration();
    expect(connection?.site).toBe('acme.atlassian.net');
    expect(others).toMatchObject([{ state: 'paused', connection: { site: 'beta.atlassian.net', ownedByCaller: true }, link: null, linkedPeople: 0, capabilities: expect.arrayContaining(['edit', 'link']) }]);
  });

  it('is refused when it is an app', async () => {
    expect(await linking.whoIs(connectionId, actor(ACCOUNTS.ada, { kind: 'app' }), shows(null))).toMatchObject({ reason: 'user_is_app' });
  });

  it('is the owner of the connection when it is an app that may ask', async () => {
    const connection = (await bench.app.get(Connections).byId(connectionId))!;
    const app = actor('557058:robot', { kind: 'app' });
    const who = await linking.ownerFor(connection, app);
    expect(who).toMatchObject({ kind: 'person', user: { id: ada.id }, link: { jiraAccountId: ACCOUNTS.ada } });
    expect(who.detail).toContain('in the name of Ada');
    expect(await linking.ownerFor({ ...connection, ownerId: null } as ConnectionEntity, app)).toMatchObject({ reason: 'user_is_app' });
    await bench.db.query(`UPDATE links SET status = 'expired'`);
    expect(await linking.ownerFor(connection, app)).toMatchObject({ reason: 'user_is_app', detail: expect.stringContaining('not linked here now') });
  });

  it('has to link again when the link has expired', async () => {
    await bench.db.query(`UPDATE links SET status = 'expired'`);
    expect(await linking.whoIs(connectionId, actor(ACCOUNTS.ada), shows(null))).toMatchObject({ reason: 'user_link_expired' });
  });
});

describe('The integration of Jira Cloud', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const inDays = (days: number): Date => new Date(now.getTime() + days * 86_400_000);
  const connection = { status: 'active' as const, owned: true, tokenExpiresAt: null, tokenRefused: false, hadDelivery: true, watches: false };
  const facts = (changes: Partial<IntegrationFacts> = {}): IntegrationFacts => ({ connection, linked: true, isAdmin: false, hasAccount: true, now, ...changes });

  it.each<[string, Partial<IntegrationFacts>, string, string[]]>([
    ['nothing is there', { connection: null }, 'not_configured', []],
    ['it works', {}, 'active', []],
    ['nothing has come yet', { connection: { ...connection, hadDelivery: false } }, 'active', ['no_delivery_yet']],
    ['it only watches', { connection: { ...connection, hadDelivery: false, watches: true } }, 'active', ['only_watches']],
    ['the proof is missing', { connection: { ...connection, status: 'pending' } }, 'setup_incomplete', ['proof_missing']],
    ['it is paused', { connection: { ...connection, status: 'paused' } }, 'paused', []],
    ['its owner unlinked it', { connection: { ...connection, status: 'inactive' } }, 'not_configured', ['unlinked_by_owner']],
    ['the token lives long enough', { connection: { ...connection, tokenExpiresAt: inDays(31) } }, 'active', []],
    ['Jira refuses the token', { connection: { ...connection, tokenRefused: true } }, 'degraded', ['token_refused']],
    ['Jira refuses the token, to a member', { connection: { ...connection, owned: false, tokenRefused: true } }, 'degraded', ['owner_needed']],
    ['the token ends soon', { connection: { ...connection, tokenExpiresAt: inDays(30) } }, 'degraded', ['token_expires_soon']],
    ['the token has ended', { connection: { ...connection, tokenExpiresAt: inDays(0) } }, 'degraded', ['token_expired']],
    ['the token has ended, to a member', { connection: { ...connection, owned: false, tokenExpiresAt: inDays(-1) } }, 'degraded', ['owner_needed']],
  ])('shows its state when %s', (_, changes, state, codes) => {
    const shown = integrationState(facts(changes));
    expect([shown.state, shown.reasons.map((reason) => reason.code)]).toEqual([state, codes]);
  });

  it.each([[30, /in 30 days\. Create/], [14, /in 14 days\. Create/], [8, /in 8 days\. Create/], [7, /in 7 days\. After that, jobs cannot start/], [1, /within a day\. After that/], [0, /has expired: jobs cannot start/]])('says %s days before the end of the token what is to be done', (days, words) => {
    const [reason] = integrationState(facts({ connection: { ...connection, tokenExpiresAt: inDays(days) } })).reasons;
    expect(reason?.detail).toMatch(words);
    expect(reason?.daysLeft).toBe(days > 0 ? days : undefined);
  });

  it.each<[string, Partial<IntegrationFacts>, string[]]>([
    ['somebody new', { connection: null, linked: false }, ['configure', 'link']],
    ['the owner', {}, ['configure', 'edit', 'pause', 'unlink', 'view_deliveries', 'replay']],
    ['an owner without a link', { linked: false }, ['configure', 'link', 'edit', 'pause', 'unlink', 'view_deliveries', 'replay']],
    ['the owner of an unlinked connection', { connection: { ...connection, status: 'inactive' }, linked: false }, ['configure', 'edit', 'view_deliveries']],
    ['the owner of a pending connection', { connection: { ...connection, status: 'pending' }, linked: false }, ['configure', 'edit', 'unlink', 'view_deliveries']],
    ['a member', { connection: { ...connection, owned: false } }, ['configure', 'unlink', 'view_deliveries']],
    ['a member who is an administrator', { connection: { ...connection, owned: false }, isAdmin: true }, ['configure', 'unlink', 'view_deliveries', 'replay']],
    ['the administrator token', { connection: null, linked: false, isAdmin: true, hasAccount: false }, ['view_deliveries', 'replay']],
  ])('lets %s do what they may', (_, changes, capabilities) => {
    expect(integrationCapabilities(facts(changes))).toEqual(capabilities);
  });
});
