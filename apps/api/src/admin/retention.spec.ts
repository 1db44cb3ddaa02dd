import { Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { type AppConfig, readConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { dataSourceOptions } from '../database/data-source.js';
import { Leases } from '../database/leases.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { RetentionLoop } from './retention.loop.js';
import { Retention } from './retention.service.js';

const NOW = new Date('2027-03-01T12:00:00Z');
const CONNECTION = v7();
const USER = v7();

class FixedClock extends Clock {
  override now(): Date {
    return NOW;
  }
}

describe('Retention', () => {
  let database: TestDatabase;
  let db: DataSource;
  let config: AppConfig;
  let retention: Retention;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
    config = readConfig({ RETENTION_PAYLOAD_DAYS: '7', RETENTION_DELIVERY_DAYS: '90' });
    retention = new Retention(db, config, new FixedClock());
    await db.query(`INSERT INTO connections (id, product, site, site_url, status) VALUES ($1, 'jira-cloud', 'acme.atlassian.net', 'https://acme.atlassian.net', 'active')`, [CONNECTION]);
    await db.query(`INSERT INTO users (id, name) VALUES ($1, 'Ada')`, [USER]);
  });
  afterEach(async () => {
    await db.destroy();
    await database.drop();
  });

  it.each([
    [6.9, 'job', 'whole'],
    [7.1, 'job', 'without payload'],
    [7.1, 'pending', 'whole'],
    [89.9, 'ignored', 'without payload'],
    [90.1, 'ignored', 'gone'],
    [90.1, 'pending', 'whole'],
  ])('leaves a delivery of %s days ago with the outcome "%s" %s', async (days, outcome, expected) => {
    const id = await addDelivery(days, outcome);
    await retention.run();
    const [row] = await db.query<{ body: Buffer | null }[]>('SELECT body FROM deliveries WHERE id = $1', [id]);
    expect(row === undefined ? 'gone' : row.body === null ? 'without payload' : 'whole').toBe(expected);
  });

  it('never removes a trigger, also when its delivery is gone', async () => {
    const id = await addDelivery(2000, 'job');
    await db.query(`INSERT INTO triggers (connection_id, key, delivery_id, issue_id, created_at) VALUES ($1, 'comment:1', $2, '1', $3)`, [CONNECTION, id, ago(2000)]);
    await retention.run();
    expect(await count('deliveries')).toBe(0);
    expect(await count('triggers')).toBe(1);
  });

  it('removes sessions and OAuth attempts that are over, and keeps the others', async () => {
    for (const days of [0.01, -0.01]) {
      await db.query('INSERT INTO sessions (token_hash, user_id, expires_at) VALUES ($1, $2, $3)', [randomBytes(32), USER, ago(days)]);
      await db.query(`INSERT INTO oauth_attempts (state_hash, browser_hash, purpose, payload_sealed, expires_at) VALUES ($1, $1, 'sign-in', 'v1.k.x', $2)`, [randomBytes(32), ago(days)]);
      await db.query(`INSERT INTO api_tokens (id, user_id, name, token_hash, expires_at) VALUES ($1, $2, 'script', $3, $4)`, [v7(), USER, randomBytes(32), ago(days)]);
    }
    expect(await retention.run()).toMatchObject({ sessions: 1, 'OAuth attempts': 1 });
    expect([await count('sessions'), await count('oauth_attempts'), await count('api_tokens')]).toEqual([1, 1, 2]);
  });

  it('removes what the agent was told of jobs that have ended, and nothing of those that run', async () => {
    const job = async (days: number, finishedDays: number | null): Promise<string> => {
      const id = v7({ msecs: ago(days).getTime() });
      await db.query(
        `INSERT INTO jobs (id, connection_id, trigger_key, trigger, issue_id, issue_key, issue_url, issue_summary, audience, actor, prompt, follow_up_prompt, system_suffix, state, received_at, finished_at)
         VALUES ($1, $2, $3, 'mention', $3, 'SHOP-1', '', '', '{}', '{}', 'the whole issue', 'a comment', '', $4, now(), $5)`,
        [id, CONNECTION, id, finishedDays === null ? 'running' : 'succeeded', finishedDays === null ? null : ago(finishedDays)],
      );
      const note = (sentAt: Date | null): Promise<unknown> =>
        db.query(`INSERT INTO job_notes (id, job_id, delivery_id, from_name, text, created_at, sent_at) VALUES ($1, $2, $1, 'Ada', 'a comment', now(), $3)`, [v7({ msecs: ago(days).getTime() }), id, sentAt]);
      await note(finishedDays === null ? null : ago(finishedDays));
      return id;
    };
    const jobs = [await job(8, 7.1), await job(8, 6.9), await job(8, null)];
    await retention.run();
    const rows = await Promise.all(jobs.map((id) => db.query('SELECT prompt, follow_up_prompt AS "followUp", (SELECT text FROM job_notes WHERE job_id = jobs.id) AS note FROM jobs WHERE id = $1', [id])));
    expect(rows.flat()).toEqual([
      { prompt: '', followUp: null, note: '' },
      { prompt: 'the whole issue', followUp: 'a comment', note: '' },
      { prompt: 'the whole issue', followUp: 'a comment', note: 'a comment' },
    ]);
  });

  it('removes connections that nobody finished setting up, with their credentials', async () => {
    const pending = async (days: number, status = 'pending'): Promise<string> => {
      const id = v7();
      await db.query(
        `INSERT INTO connections (id, product, site, site_url, status, service_account_token_sealed, updated_at) VALUES ($1, 'jira-cloud', $2, '', $3, 'v1.k.x', $4)`,
        [id, id, status, ago(days)],
      );
      return id;
    };
    const kept = [CONNECTION, await pending(6.9), await pending(500, 'inactive'), await pending(7.1)];
    await db.query(`INSERT INTO links (id, connection_id, user_id, jira_account_id, jira_display_name, method) VALUES ($1, $2, $3, 'a', 'Ada', 'email')`, [v7(), kept[3], USER]);
    await pending(7.1);
    expect(await retention.run()).toMatchObject({ 'connections that were never set up': 1 });
    const rows = await db.query<{ id: string }[]>('SELECT id FROM connections');
    expect(rows.map((row) => row.id).sort()).toEqual(kept.sort());
  });

  it('removes counters of rejected calls with the log of deliveries', async () => {
    for (const days of [89, 91]) await db.query(`INSERT INTO rejected_calls (connection_id, reason, hour, last_at) VALUES ($1, 'signature_missing', $2, $2)`, [CONNECTION, ago(days)]);
    await retention.run();
    expect(await count('rejected_calls')).toBe(1);
  });

  it('removes unlinked accounts whose last request is gone from the log', async () => {
    for (const days of [89.9, 90.1]) {
      await db.query(`INSERT INTO unlinked_accounts (connection_id, jira_account_id, display_name, reason, detail, last_lost_at, last_delivery_id) VALUES ($1, $2, 'Nora', 'user_not_linked', '', $3, $4)`, [CONNECTION, `of ${days}`, ago(days), v7({ msecs: ago(days).getTime() })]);
    }
    await retention.run();
    expect(await db.query('SELECT jira_account_id FROM unlinked_accounts')).toEqual([{ jira_account_id: 'of 89.9' }]);
  });

  it('removes tests of connections after thirty days', async () => {
    for (const days of [30, 31]) await db.query(`INSERT INTO connection_tests (connection_id, day, tested_at, items, failing, failed) VALUES ($1, $2::timestamptz, $2::timestamptz, '[]', '{}', '{}')`, [CONNECTION, ago(days)]);
    expect(await retention.run()).toMatchObject({ 'tests of connections': 1 });
    expect(await count('connection_tests')).toBe(1);
  });

  it('removes leases that a dead process left behind a day ago, and no others', async () => {
    for (const hours of [23, 25]) await db.query(`INSERT INTO leases (name, holder, until) VALUES ($1, $2, now() - make_interval(hours => $3))`, [`queue ${hours}`, v7(), hours]);
    await retention.run();
    expect(await db.query('SELECT name FROM leases')).toEqual([{ name: 'queue 23' }]);
  });

  it('goes on until nothing is left, however many batches that takes', async () => {
    const ids = Array.from({ length: 1200 }, (_, index) => v7({ msecs: ago(8).getTime(), seq: index }));
    await db.query(`INSERT INTO deliveries (id, connection_id, event, received_at, outcome, body) SELECT unnest($1::uuid[]), $2, 'comment_created', $3, 'ignored', 'x'`, [ids, CONNECTION, ago(8)]);
    expect((await retention.run()).payloads).toBe(1200);
  });

  it('stops after the batch that is under way when the process ends', async () => {
    await addDelivery(8, 'job');
    expect((await retention.run(() => true)).payloads).toBe(0);
  });

  it('is the work of one process an hour', async () => {
    const processes = [1, 2, 3].map(() => new RetentionLoop(config, new Leases(db), retention));
    const id = await addDelivery(8, 'job');
    await Promise.all(processes.map((one) => one.runIfDue()));
    expect(await payloadOf(id)).toBeNull();
    const later = await addDelivery(8, 'job');
    await Promise.all(processes.map((one) => one.runIfDue()));
    expect(await payloadOf(later)).not.toBeNull();
    await db.query(`UPDATE leases SET until = now() WHERE name = 'retention'`);
    await processes[2]!.runIfDue();
    expect(await payloadOf(later)).toBeNull();
  });

  it('tries again later when the database is away, and does not end the process', async () => {
    const broken = new RetentionLoop(config, new Leases({ query: () => Promise.reject(new Error('away')) } as never), retention);
    await expect(broken.runIfDue()).resolves.toBeUndefined();
  });

  async function addDelivery(days: number, outcome: string): Promise<string> {
    const id = v7({ msecs: ago(days).getTime() });
    await db.query(`INSERT INTO deliveries (id, connection_id, event, received_at, outcome, body) VALUES ($1, $2, 'comment_created', $3, $4, 'x')`, [id, CONNECTION, ago(days), outcome]);
    return id;
  }

  async function payloadOf(id: string): Promise<Buffer | null> {
    const [row] = await db.query<{ body: Buffer | null }[]>('SELECT body FROM deliveries WHERE id = $1', [id]);
    return row!.body;
  }

  async function count(table: string): Promise<number> {
    const [row] = await db.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${table}`);
    return row!.count;
  }
});

function ago(days: number): Date {
  return new Date(NOW.getTime() - days * 24 * 3_600_000);
}
