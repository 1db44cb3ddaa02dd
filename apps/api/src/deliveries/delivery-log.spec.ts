import type { DeliveryQuery } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { Clock } from '../config/clock.js';
import { readConfig } from '../config/config.js';
import { dataSourceOptions } from '../database/data-source.js';
import type { Caller } from '../security/access.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { AuditLog } from '../security/audit-log.service.js';
import { BulkReplays } from './bulk-replays.service.js';
import { DeliveryEntity } from './delivery.entity.js';
import { DeliveryLog } from './delivery-log.service.js';
import { DeliveryOverviews } from './delivery-overview.service.js';
import { findDeliveries } from './delivery-search.js';
import type { IncomingDelivery } from './intake.service.js';

const NOW = new Date('2027-03-01T12:00:00.000Z');
const [ADA, BEN, EVE, SHOP, BANK, JOB] = Array.from({ length: 6 }, () => v7()) as [string, string, string, string, string, string];

class FixedClock extends Clock {
  override now(): Date {
    return NOW;
  }
}

describe('The delivery log', () => {
  let database: TestDatabase;
  let db: DataSource;
  let log: DeliveryLog;
  let overviews: DeliveryOverviews;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource({ ...dataSourceOptions(database.url), entities: [DeliveryEntity] }).initialize();
    log = new DeliveryLog(db, null as never, readConfig({ RETENTION_PAYLOAD_DAYS: '7' }), new FixedClock());
    overviews = new DeliveryOverviews(db, new FixedClock());
    for (const [id, name] of [[ADA, 'Ada'], [BEN, 'Ben'], [EVE, 'Eve']]) await db.query('INSERT INTO users (id, name) VALUES ($1, $2)', [id, name]);
    for (const [id, site] of [[SHOP, 'shop'], [BANK, 'bank']]) {
      await db.query(`INSERT INTO connections (id, product, site, site_url, status, owner_id) VALUES ($1, 'jira-cloud', $2, 'https://x', 'active', $3)`, [id, `${site}.atlassian.net`, id === SHOP ? ADA : null]);
    }
    await db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method) VALUES ($1, $2, $3, 'ben', 'Ben Builder', 'oauth')`, [v7(), SHOP, BEN]);
    await db.query(
      `INSERT INTO jobs (id, connection_id, trigger_key, trigger, issue_id, issue_key, issue_url, issue_summary, audience, user_id, actor, prompt, system_suffix, state, received_at)
       VALUES ($1, $2, 'k', 'mention', '1', 'BANK-1', 'https://x', 's', '{}', $3, '{}', 'p', 's', 'succeeded', $4)`, [JOB, BANK, EVE, NOW]);
    await add('old', { hours: 300, connection: SHOP, actor: 'ben', outcome: 'refused', reason: 'repo_missing', body: null });
    await add('thanks', { hours: 5, connection: SHOP, actor: 'ben', outcome: 'ignored', reason: 'courtesy_only' });
    await add('asked', { hours: 4, connection: BANK, actor: 'cleo', outcome: 'job', reason: 'started', jobId: JOB, issueKey: 'BANK-1' });
    await add('stopped', { hours: 3, connection: BANK, actor: 'dan', outcome: 'job', reason: 'command_done', jobId: JOB, issueKey: 'BANK-1' });
    await add('failed', { hours: 2, connection: SHOP, actor: 'fay', outcome: 'failed', reason: 'jira_unreachable' });
    for (const [connection, reason, hours] of [[SHOP, 'signature_mismatch', 1], [SHOP, 'signature_mismatch', 2], [null, 'connection_unknown', 3], [SHOP, 'body_empty', 30]] as const) {
      await db.query('INSERT INTO rejected_calls (connection_id, reason, hour, count, last_at) VALUES ($1, $2, $3, 2, $3)', [connection, reason, ago(hours)]);
    }
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  interface Sample { hours: number; connection: string; actor: string; outcome: string; reason: string; issueKey?: string; jobId?: string; body?: Buffer | null }

  async function add(name: string, { hours, connection, actor, outcome, reason, issueKey = 'SHOP-1', jobId, body = Buffer.from('{"from":"eve@example.com"}') }: Sample): Promise<void> {
    ids[name] = v7({ msecs: ago(hours).getTime() });
    await db.query(
      `INSERT INTO deliveries (id, connection_id, event, issue_key, actor_id, actor_name, received_at, outcome, reason, job_id, job_user_id, body)
       VALUES ($1, $2, 'comment_created', $3, $4, $5, $6, $7, $8, $9, (SELECT user_id FROM jobs WHERE id = $9), $10)`,
      [ids[name], connection, issueKey, actor, `${actor[0]!.toUpperCase()}${actor.slice(1)} Builder`, ago(hours), outcome, reason, jobId ?? null, body]);
  }

  const admin: Caller = { userId: null, isAdmin: true, via: 'admin-token' };
  const person = (userId: string): Caller => ({ userId, isAdmin: false, via: 'session' });
  const ALL = ['failed', 'stopped', 'asked', 'thanks', 'old'];

  async function names(caller: Caller, query: Partial<DeliveryQuery> = {}): Promise<string[]> {
    const { items } = await log.list(caller, { limit: 25, ...query });
    return items.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id)!);
  }

  it.each<[string, Caller, string[]]>([
    ['an administrator everything', admin, ALL],
    ['the owner what came to the connection', person(ADA), ['failed', 'thanks', 'old']],
    ['a linked person what they caused', person(BEN), ['thanks', 'old']],
    ['a person what is about their job, whoever caused it', person(EVE), ['stopped', 'asked']],
    ['a stranger nothing', person(v7()), []],
  ])('shows %s', async (_, caller, expected) => {
    expect(await names(caller)).toEqual(expected);
    const found = await Promise.all(ALL.map((name) => log.detail(caller, ids[name]!).then(() => [name], () => [])));
    expect(found.flat()).toEqual(expected);
  });

  it.each<[string, Partial<DeliveryQuery>, string[]]>([
    ['the outcome', { outcome: 'job' }, ['stopped', 'asked']],
    ['the reason', { reason: 'repo_missing' }, ['old']],
    ['the issue', { issueKey: 'BANK-1' }, ['stopped', 'asked']],
    ['the connection', { connectionId: BANK }, ['stopped', 'asked']],
    ['the person, in capitals or not', { actor: 'ben BUILDER' }, ['thanks', 'old']],
    ['the beginning of a name', { actor: 'fa' }, ['failed']],
    ['a part of names', { actor: 'en b' }, ['thanks', 'old']],
    ['a sign that means nothing to us', { actor: '%' }, []],
    ['an empty person, which is no filter', { actor: '' }, ALL],
    ['the time since, itself included', { since: ago(4).toISOString() }, ['failed', 'stopped', 'asked']],
    ['the time before, itself left out', { until: ago(4).toISOString() }, ['thanks', 'old']],
    ['several at once', { connectionId: SHOP, outcome: 'ignored', since: ago(6).toISOString(), until: ago(1).toISOString(), actor: 'Ben Builder' }, ['thanks']],
  ])('is narrowed by %s', async (_, query, expected) => {
    expect(await names(admin, query)).toEqual(expected);
    expect(await names(person(ADA), query)).toEqual(expected.filter((name) => ['failed', 'thanks', 'old'].includes(name)));
  });

  it.each([['an administrator', admin], ['the owner', person(ADA)]])('gives %s page after page, each once', async (_, caller) => {
    const all = await names(caller);
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await log.list(caller, { limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(all.map((name) => ids[name]));
  });

  it('names the site of each delivery', async () => {
    expect((await log.list(admin, { limit: 1 })).items[0]).toMatchObject({ product: 'jira-cloud', site: 'shop.atlassian.net' });
  });

  it('says until when the payload is kept, to those who see it', async () => {
    expect(await log.detail(person(ADA), ids['thanks']!)).toMatchObject({ manages: true, payloadKeptUntil: '2027-03-08T07:00:00.000Z', payload: { from: '(e-mail address)' } });
    expect(await log.detail(person(ADA), ids['old']!)).toMatchObject({ manages: true, payloadKeptUntil: null, payload: null });
    expect(await log.detail(person(BEN), ids['thanks']!)).toMatchObject({ manages: false, payloadKeptUntil: null, payload: null });
  });

  it('tells the comments that were written because of a delivery', async () => {
    await db.query(`INSERT INTO issue_writes (id, key, connection_id, issue_id, kind, delivery_id, content, revision, written_revision, remote_id, written_at) VALUES ($1, 'refusal:x', $2, '1', 'comment', $3, '{}', 1, 1, '4711', $4)`, [v7(), SHOP, ids['old'], ago(300)]);
    expect((await log.detail(person(BEN), ids['old']!)).comments).toEqual([{ commentId: '4711', state: 'written', writtenAt: ago(300).toISOString() }]);
    expect((await log.detail(admin, ids['failed']!)).comments).toEqual([]);
  });

  describe('decides many again', () => {
    let run: string[];
    const intake = { accept: ({ originDeliveryId }: IncomingDelivery) => Promise.resolve(void run.push(originDeliveryId!)) };
    const replays = (): BulkReplays => new BulkReplays(db, intake as never, new AuditLog(new FixedClock()), new FixedClock());
    const entries = (): Promise<{ who: string; changes: unknown }[]> => db.query(`SELECT who, changes FROM audit_log WHERE what = 'deliveries_run_again'`);
    beforeEach(() => void (run = []));

    it('in the order in which they came, and notes who did it', async () => {
      await add('failed first', { hours: 2.5, connection: SHOP, actor: 'fay', outcome: 'failed', reason: 'jira_unreachable' });
      expect(await replays().run(person(ADA), { outcome: 'failed' })).toEqual({ accepted: 2, skipped: 0, nextCursor: null });
      expect(run).toEqual([ids['failed first'], ids['failed']]);
      expect(await entries()).toEqual([{ who: 'Ada', changes: [{ name: 'outcome failed', from: null, to: '2' }] }]);
      await db.query('DELETE FROM deliveries WHERE id = $1', [ids['failed first']]);
    });

    it.each<[string, Caller, Partial<DeliveryQuery> & { outcome: 'ignored' | 'refused' | 'failed' }, object]>([
      ['of somebody who does not look after them', person(BEN), { outcome: 'ignored' }, { accepted: 0, skipped: 1 }],
      ['of a stranger', person(v7()), { outcome: 'ignored' }, { accepted: 0, skipped: 0 }],
      ['without their payload', admin, { outcome: 'refused' }, { accepted: 0, skipped: 1 }],
      ['that do not fit the filter', admin, { outcome: 'failed', connectionId: BANK }, { accepted: 0, skipped: 0 }],
    ])('but none %s', async (_, caller, wanted, expected) => {
      const noted = (await entries()).length;
      expect(await replays().run(caller, wanted)).toMatchObject(expected);
      expect([run, (await entries()).length]).toEqual([[], noted]);
    });

    it('at most a hundred at once, then older ones, and never a repeat', async () => {
      await db.query(
        `INSERT INTO deliveries (id, connection_id, event, received_at, outcome, reason, body, origin) SELECT one.id, $2, 'comment_created', $3, 'failed', 'internal_error', 'x', CASE WHEN one.place = 1 THEN 'replay' ELSE 'webhook' END
         FROM unnest($1::uuid[]) WITH ORDINALITY AS one(id, place)`,
        [Array.from({ length: 103 }, (_, place) => v7({ msecs: ago(1).getTime() + place })), BANK, ago(1)],
      );
      const first = await replays().run(admin, { outcome: 'failed', reason: 'internal_error' });
      expect(first).toMatchObject({ accepted: 100, skipped: 0, nextCursor: expect.any(String) });
      expect(await replays().run(admin, { outcome: 'failed', reason: 'internal_error', cursor: first.nextCursor! })).toEqual({ accepted: 2, skipped: 1, nextCursor: null });
      expect(new Set(run).size).toBe(102);
      await db.query(`DELETE FROM deliveries WHERE reason = 'internal_error'`);
    });
  });

  it.each<[string, Caller, object]>([
    ['an administrator', admin, { outcomes: { job: 2, ignored: 1, failed: 1, refused: 0, pending: 0, rejected: 6 }, connections: [{ site: 'bank.atlassian.net' }, { site: 'shop.atlassian.net' }] }],
    ['the owner', person(ADA), { outcomes: { job: 0, ignored: 1, failed: 1, refused: 0, pending: 0, rejected: 4 }, rejected: [{ connectionId: SHOP, reason: 'signature_mismatch', count: 4 }] }],
    ['a linked person', person(BEN), { outcomes: { job: 0, ignored: 1, failed: 0, refused: 0, pending: 0, rejected: 0 }, rejected: [], connections: [{ site: 'shop.atlassian.net' }] }],
    ['a person with a job', person(EVE), { outcomes: { job: 2, ignored: 0, failed: 0, refused: 0, pending: 0, rejected: 0 }, rejected: [], connections: [] }],
  ])('counts the last 24 hours for %s', async (_, caller, expected) => {
    expect(await overviews.of(caller)).toMatchObject({ since: '2027-02-28T12:00:00.000Z', ...expected });
  });

  it.each<[Partial<DeliveryQuery>, string]>([
    [{}, 'PK'], [{ outcome: 'failed' }, 'deliveries_outcome'], [{ reason: 'withdrawn' }, 'deliveries_reason'], [{ actor: 'Ben' }, 'deliveries_actor_name'],
    [{ issueKey: 'SHOP-1' }, 'deliveries_issue'], [{ connectionId: SHOP }, 'deliveries_newest'],
  ])('finds %j through an index that is sorted like the list (%s)', async (filter, index) => {
    const { sql, values } = findDeliveries(admin, filter, 26);
    const plans = await db.transaction(async (manager) => {
      // In a table of five rows everything is quick: only the sorted way is left.
      for (const way of ['seqscan', 'bitmapscan', 'sort']) await manager.query(`SET LOCAL enable_${way} = off`);
      // Asked for the sixth time it may be planned once for all values.
      return [await manager.query(`EXPLAIN ${sql}`, values), await manager.query(`EXPLAIN (GENERIC_PLAN) ${sql}`)].map((plan) => JSON.stringify(plan));
    });
    for (const plan of plans) {
      expect(plan).toContain(index === 'PK' ? 'deliveries_pkey' : index);
      expect(plan).not.toMatch(/Sort|Seq Scan/);
    }
  });
});

function ago(hours: number): Date {
  return new Date(NOW.getTime() - hours * 3_600_000);
}
