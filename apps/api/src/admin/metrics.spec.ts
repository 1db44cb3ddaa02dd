import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { Figures } from '../config/figures.js';
import { dataSourceOptions } from '../database/data-source.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { METRICS } from './metrics.queries.js';
import { Metrics } from './metrics.service.js';

const MINUTE_MS = 60_000;
const CONNECTION = v7();

/** An id that was made so long ago. */
const idOf = (minutesAgo: number): string => v7({ msecs: Date.now() - minutesAgo * MINUTE_MS });

describe('The figures for Prometheus', () => {
  let database: TestDatabase;
  let db: DataSource;
  let metrics: Metrics;
  let figures: Figures;

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
    figures = new Figures();
    metrics = new Metrics(db, figures);
    await db.query(`INSERT INTO connections (id, product, site, site_url, status) VALUES ($1, 'jira-cloud', 'acme.atlassian.net', 'https://acme.atlassian.net', 'active')`, [CONNECTION]);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });
  beforeEach(async () => {
    for (const table of ['jobs', 'rejected_calls', 'queue.job']) await db.query(`DELETE FROM ${table}`);
  });

  /** The lines of one figure. */
  const lines = async (name: string): Promise<string[]> => (await metrics.read()).split('\n').filter((line) => line.startsWith(name));

  const job = (state: string, failure: string | null, createdMinutesAgo: number, finishedMinutesAgo: number | null): Promise<unknown> =>
    db.query(
      `INSERT INTO jobs (id, connection_id, trigger_key, trigger, issue_id, issue_key, issue_url, issue_summary, audience, actor, prompt, system_suffix, state, failure, received_at, finished_at)
       VALUES ($1, $2, $6, 'mention', $6, 'SHOP-1', 'https://acme.atlassian.net/browse/SHOP-1', '', '{}', '{}', '', '', $3, $4, now(), now() - make_interval(mins => $5::int))`,
      [idOf(createdMinutesAgo), CONNECTION, state, failure, finishedMinutesAgo, v7()],
    );

  it('count what this process decided and called', async () => {
    figures.decided('job', 'started');
    figures.decided('ignored', 'no_mention_no_label');
    figures.decided('ignored', 'no_mention_no_label');
    figures.called('api.atlassian.com', '200', 0.1);
    figures.called('api.atlassian.com', 'timeout', 20);
    expect((await lines('openhands_jira_deliveries_total')).sort()).toEqual([
      'openhands_jira_deliveries_total{outcome="ignored",reason="no_mention_no_label"} 2',
      'openhands_jira_deliveries_total{outcome="job",reason="started"} 1',
    ]);
    expect((await lines('openhands_jira_outgoing_calls_total')).sort()).toEqual([
      'openhands_jira_outgoing_calls_total{host="api.atlassian.com",status="200"} 1',
      'openhands_jira_outgoing_calls_total{host="api.atlassian.com",status="timeout"} 1',
    ]);
    expect(await lines('openhands_jira_outgoing_seconds_count')).toEqual(['openhands_jira_outgoing_seconds_count{host="api.atlassian.com"} 2']);
  });

  it('keep the number of hosts small, whoever is called', async () => {
    for (let number = 0; number < 100; number += 1) figures.called(`host-${number}.example.com`, '200', 0.1);
    figures.called(null, '200', 0.1);
    const hosts = await lines('openhands_jira_outgoing_seconds_count');
    expect(hosts.length).toBeLessThan(40);
    expect(hosts.join('\n')).toMatch(/host="other"\} \d\d/);
  });

  it('tell how soon tokens of service accounts end, without naming a connection', async () => {
    const token = (expires: string | null, rejected: boolean, status = 'active'): Promise<unknown> =>
      db.query(
        `INSERT INTO connections (id, product, site, site_url, status, service_account_token_expires_at, service_account_rejected_at) VALUES ($1, 'jira-cloud', $2, '', $3, now() + $4::interval, $5)`,
        [v7(), v7(), status, expires, rejected ? new Date() : null],
      );
    for (const days of ['-1 day', '20 hours', '6 days', '13 days', '29 days', '31 days']) await token(days, false);
    await token('6 days', true);
    await token('2 days', false, 'inactive');
    const text = (await lines('openhands_jira_service_account')).join('\n');
    for (const [state, count] of [['rejected', 1], ['expired', 1], ['1_day', 1], ['7_days', 1], ['14_days', 1], ['30_days', 1], ['later', 1], ['unknown', 1]]) expect(text).toContain(`tokens{state="${state}"} ${count}`);
    expect(Number(/ends_seconds\{product="jira-cloud"\} (-?[\d.]+)/.exec(text)?.[1])).toBeCloseTo(-86_400, -2);
    await db.query(`DELETE FROM connections WHERE id <> $1`, [CONNECTION]);
    expect(await lines('openhands_jira_service_account_token_ends_seconds')).toEqual([]);
  });

  it('tell which checks of connections fail by their latest test, without naming a connection', async () => {
    const test = (connection: string, hoursAgo: number, ...failing: string[]): Promise<unknown> =>
      db.query(`INSERT INTO connection_tests (connection_id, day, tested_at, items, failing, failed) SELECT $1, moment::date, moment, '[]', $3, $3 FROM (SELECT now() - make_interval(hours => $2) AS moment) tested`, [connection, hoursAgo, failing]);
    const other = async (status: string): Promise<string> => {
      const id = v7();
      await db.query(`INSERT INTO connections (id, product, site, site_url, status) VALUES ($1, 'jira-cloud', $3, '', $2)`, [id, status, v7()]);
      return id;
    };
    await test(CONNECTION, 30, 'site');
    await test(CONNECTION, 1, 'scopes', 'token_end');
    await test(await other('active'), 2, 'scopes');
    await test(await other('active'), 60, 'scopes');
    await test(await other('paused'), 2, 'scopes');
    expect((await lines('openhands_jira_failing_checks{')).sort()).toEqual([
      'openhands_jira_failing_checks{product="jira-cloud",check="scopes"} 2',
      'openhands_jira_failing_checks{product="jira-cloud",check="token_end"} 1',
    ]);
    await db.query('DELETE FROM connections WHERE id <> $1', [CONNECTION]);
    await db.query('DELETE FROM connection_tests');
  });

  it('are told without those of the installation while the database does not answer', async () => {
    const away = await new DataSource(dataSourceOptions(database.url)).initialize();
    await away.destroy();
    const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const text = await new Metrics(away, new Figures()).read();
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
    expect(text).toMatch(/^openhands_jira_database_up 0$/m);
    expect(text).toMatch(/^process_cpu_user_seconds_total \d/m);
    expect(text).not.toMatch(/^openhands_jira_jobs\{/m);
  });

  it('count the jobs that are not over, also when there are none of a state', async () => {
    await job('running', null, 5, null);
    await job('running', null, 6000, null);
    await job('queued', null, 1, null);
    await job('succeeded', null, 5, 1);
    expect((await lines('openhands_jira_jobs{')).sort()).toEqual(['openhands_jira_jobs{state="queued"} 1', 'openhands_jira_jobs{state="running"} 2', 'openhands_jira_jobs{state="starting"} 0']);
  });

  it('count the jobs that ended within the last hour, and why they failed', async () => {
    await job('failed', 'time_limit', 130, 10);
    await job('failed', 'agent_unreachable', 20, 10);
    await job('succeeded', null, 20, 10);
    await job('succeeded', null, 200, 70);
    expect((await lines('openhands_jira_jobs_ended_last_hour')).sort()).toEqual([
      'openhands_jira_jobs_ended_last_hour{state="failed",failure="agent_unreachable"} 1',
      'openhands_jira_jobs_ended_last_hour{state="failed",failure="time_limit"} 1',
      'openhands_jira_jobs_ended_last_hour{state="succeeded",failure=""} 1',
    ]);
  });

  it('count the calls that were not let in', async () => {
    const call = (connection: string | null, reason: string, hoursAgo: number, count: number): Promise<unknown> =>
      db.query(`INSERT INTO rejected_calls (connection_id, reason, hour, count, last_at) VALUES ($1, $2, date_trunc('hour', now()) - make_interval(hours => $3), $4, now())`, [connection, reason, hoursAgo, count]);
    await call(CONNECTION, 'signature_mismatch', 0, 3);
    await call(null, 'signature_mismatch', 1, 4);
    await call(null, 'signature_mismatch', 2, 100);
    await call(null, 'connection_unknown', 0, 1);
    expect((await lines('openhands_jira_rejected_calls_last_hour')).sort()).toEqual([
      'openhands_jira_rejected_calls_last_hour{reason="connection_unknown"} 1',
      'openhands_jira_rejected_calls_last_hour{reason="signature_mismatch"} 7',
    ]);
  });

  it('tell how much waits in the queue and for how long', async () => {
    const entry = (queue: string, state: string, startsInSeconds: number): Promise<unknown> =>
      db.query(`INSERT INTO queue.job (name, state, start_after, policy) VALUES ($1, $2::queue.job_state, now() + make_interval(secs => $3), 'standard')`, [queue, state, startsInSeconds]);
    await entry('triage', 'created', -90);
    await entry('triage', 'retry', -30);
    await entry('triage', 'retry', 60);
    await entry('triage', 'active', -500);
    await entry('triage', 'completed', -900);
    const text = await metrics.read();
    for (const line of ['{queue="triage",state="due"} 2', '{queue="triage",state="later"} 1', '{queue="triage",state="active"} 1', '{queue="comments",state="due"} 0', '{queue="triage-dead",state="due"} 0']) {
      expect(text).toContain(`openhands_jira_queue_entries${line}`);
    }
    const oldest = Number(/openhands_jira_queue_oldest_seconds\{queue="triage"\} ([\d.]+)/.exec(text)?.[1]);
    expect(oldest).toBeGreaterThanOrEqual(90);
    expect(oldest).toBeLessThan(100);
    expect(text).toContain('openhands_jira_queue_oldest_seconds{queue="comments"} 0');
  });

  it('are those that the guide for operations lists, with their labels', async () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guides/operations.md'), 'utf8');
    const listed = [...guide.matchAll(/^\| `(openhands_jira_\w+)` \| ([^|]*)\|/gm)].map(([, name, labels]) => [name, [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label)]);
    await metrics.read();
    const kept = figures.registry.getMetricsAsArray().filter(({ name }) => name.startsWith('openhands_jira_')).map((one) => [one.name, (one as unknown as { labelNames: string[] }).labelNames]);
    expect(listed.sort()).toEqual(kept.sort());
    for (const [name] of guide.matchAll(/openhands_jira_\w+?(?=_bucket\b|\b)/g)) expect(kept.map(([one]) => one)).toContain(name);
  });

  it('hold those of the process too', async () => {
    expect(await metrics.read()).toMatch(/^process_cpu_user_seconds_total \d/m);
  });

  it.each(METRICS.filter((one) => /FROM jobs\b/.test(one.sql)))('read $name from an index, not from the whole table', async ({ sql }) => {
    const plan = await db.transaction(async (manager) => {
      await manager.query('SET LOCAL enable_seqscan = off');
      return JSON.stringify(await manager.query(`EXPLAIN (FORMAT JSON) ${sql}`));
    });
    expect(plan).toMatch(/Index (?:Only )?Scan/);
    expect(plan).not.toContain('Seq Scan');
  });
});
