import { jest } from '@jest/globals';
import type { UnlinkedAccount } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { dataSourceOptions } from '../database/data-source.js';
import { UnlinkedAccounts1790000000011 } from '../database/migrations/0011-unlinked-accounts.js';
import { Health1790000000014 } from '../database/migrations/0014-health.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { forgetLostRequests, type LostRequest, noteLostRequest, UnlinkedAccounts } from './unlinked-accounts.service.js';

const [SHOP, BANK, ADA] = [v7(), v7(), v7()];
const NOON = Date.UTC(2027, 2, 1, 12);
/** The moment so many minutes after noon, and the id of a delivery that came then. */
const at = (minute: number): Pick<LostRequest, 'at' | 'deliveryId'> => ({ at: new Date(NOON + minute * 60_000), deliveryId: v7({ msecs: NOON + minute * 60_000 }) });

describe('Jira accounts that asked without being linked', () => {
  let database: TestDatabase;
  let db: DataSource;
  let accounts: UnlinkedAccounts;

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
    accounts = new UnlinkedAccounts(db);
    await db.query(`INSERT INTO users (id, name) VALUES ($1, 'Ada')`, [ADA]);
    for (const [id, site] of [[SHOP, 'shop'], [BANK, 'bank']]) await db.query(`INSERT INTO connections (id, product, site, site_url, status) VALUES ($1, 'jira-cloud', $2, '', 'active')`, [id, site]);
  });
  beforeEach(async () => {
    for (const table of ['unlinked_accounts', 'links']) await db.query(`DELETE FROM ${table}`);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  const lose = (minute: number, changes: Partial<LostRequest> = {}): Promise<void> =>
    noteLostRequest(db.manager, { connectionId: SHOP, actor: { id: 'nora', displayName: 'Nora' }, reason: 'user_not_linked', state: 'not_linked', detail: 'Not linked.', ...at(minute), ...changes });
  const listed = async (connectionId: string | null = SHOP, limit = 25): Promise<UnlinkedAccount[]> => (await accounts.list({ connectionId }, { limit })).items;

  it('are listed once each, with how many requests were lost, when the last was, and why', async () => {
    await lose(1);
    await lose(9, { reason: 'user_no_account', state: 'no_account', detail: 'The Jira account nora is not linked.', actor: { id: 'nora', displayName: 'Nora N.' } });
    expect(await listed()).toMatchObject([{ jiraAccountId: 'nora', jiraDisplayName: 'Nora N.', site: 'shop', state: 'no_account', reason: 'user_no_account', detail: 'This account is not linked.', lostRequests: 2, lastLostAt: at(9).at.toISOString() }]);
  });

  it('keep the time of the latest request, also when an earlier one is decided after it', async () => {
    await lose(9);
    await lose(1);
    expect(await listed()).toMatchObject([{ lostRequests: 2, lastLostAt: at(9).at.toISOString() }]);
  });

  it('are told apart by connection, who asked last first, page after page', async () => {
    for (const [minute, id] of [[1, 'a'], [2, 'b'], [3, 'c']] as const) await lose(minute, { actor: { id, displayName: id } });
    await lose(4, { connectionId: BANK });
    expect((await listed()).map((one) => one.jiraAccountId)).toEqual(['c', 'b', 'a']);
    expect((await listed(null)).map((one) => one.site)).toEqual(['bank', 'shop', 'shop', 'shop']);
    const first = await accounts.list({ connectionId: SHOP }, { limit: 2 });
    const second = await accounts.list({ connectionId: SHOP }, { limit: 2, cursor: first.nextCursor! });
    expect([first.items.length, second.items.map((one) => one.jiraAccountId), second.nextCursor]).toEqual([2, ['a'], null]);
  });

  it('are forgotten on this connection once they are linked', async () => {
    await lose(1);
    await lose(1, { connectionId: BANK });
    await forgetLostRequests(db.manager, SHOP, 'nora');
    expect((await listed(null)).map((one) => one.site)).toEqual(['bank']);
  });

  it('are not listed when the refusal was written a moment after the link, and are again when they ask after a link that expired', async () => {
    await lose(1);
    await db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method, linked_at) VALUES ($1, $2, $3, 'nora', 'Nora', 'oauth', $4)`, [v7(), SHOP, ADA, at(2).at]);
    expect(await listed()).toEqual([]);
    await lose(3, { reason: 'user_link_expired' });
    expect(await listed()).toMatchObject([{ reason: 'user_link_expired' }]);
  });

  it('never show an e-mail address, also where accounts are named by one', async () => {
    await lose(1, { actor: { id: 'nora@example.com', displayName: 'nora@example.com' }, detail: 'The Jira account nora@example.com is not linked.' });
    expect(JSON.stringify(await listed())).not.toContain('example.com');
  });

  it('are not counted when Jira names no account', async () => {
    await lose(1, { actor: { id: '', displayName: 'Somebody' } });
    expect(await listed()).toEqual([]);
  });

  it('are known from the log of deliveries when the list begins, without those who are linked by now', async () => {
    const delivery = (minute: number, actor: string, outcome: string, reason: string, origin = 'webhook'): Promise<unknown> =>
      db.query(`INSERT INTO deliveries (id, connection_id, origin, event, actor_id, actor_name, received_at, outcome, reason, detail) VALUES ($1, $2, $3, 'comment_created', $4, $5, $6, $7, $8, 'Why.')`, [at(minute).deliveryId, SHOP, origin, actor, `${actor} ${minute}`, at(minute).at, outcome, reason]);
    await delivery(1, 'nora', 'refused', 'user_not_linked');
    await delivery(2, 'nora', 'refused', 'user_no_account');
    await delivery(3, 'nora', 'refused', 'user_no_account', 'replay');
    await delivery(4, 'kim', 'refused', 'repo_missing');
    await delivery(5, 'lea', 'refused', 'user_not_linked');
    await db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method, linked_at) VALUES ($1, $2, $3, 'lea', 'Lea', 'oauth', $4)`, [v7(), SHOP, ADA, at(6).at]);
    const runner = db.createQueryRunner();
    const migrations = [new UnlinkedAccounts1790000000011(), new Health1790000000014()];
    for (const migration of migrations.toReversed()) await migration.down(runner);
    for (const migration of migrations) await migration.up(runner);
    await runner.release();
    expect(await listed()).toEqual([expect.objectContaining({ jiraAccountId: 'nora', jiraDisplayName: 'nora 2', state: 'no_account', reason: 'user_no_account', detail: 'Why.', lostRequests: 2, lastLostAt: at(2).at.toISOString() })]);
  });

  it.each([['one connection', SHOP, 'unlinked_accounts_of_connection'], ['all connections', null, 'unlinked_accounts_newest']])('of %s are found through an index that is sorted like the list', async (_, connectionId, index) => {
    const asked = jest.spyOn(db, 'query');
    await listed(connectionId);
    const [sql, values] = asked.mock.lastCall as [string, unknown[]];
    asked.mockRestore();
    const plan = await db.transaction(async (manager) => {
      // In a small table everything is quick: only the sorted way is left.
      for (const way of ['seqscan', 'bitmapscan', 'sort']) await manager.query(`SET LOCAL enable_${way} = off`);
      return JSON.stringify(await manager.query(`EXPLAIN ${sql}`, values));
    });
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/Sort|Seq Scan on unlinked/);
  });
});
