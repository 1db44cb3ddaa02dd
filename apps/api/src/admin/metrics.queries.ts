/**
 * What is measured, and the query of each figure.
 *
 * Every query must stay cheap when the tables are large, because it runs at each scrape. Ids are UUIDs of version 7, which
 * begin with their time: a window of time is a range of the primary key. Gauges and no counters, because rows are removed
 * when their retention ends, and a counter must never fall. Deliveries are too many to be counted here: each process counts
 * those that it decides (`config/figures.ts`).
 */

/** One line: the value, and the labels as further columns. */
export interface Sample {
  /** Null: nothing to tell. */
  value: string | number | null;
  [label: string]: unknown;
}

/** One figure and where it comes from. */
export interface MetricQuery {
  name: string;
  help: string;
  labels: string[];
  sql: string;
}

/** The smallest UUID of version 7 of a moment. */
const firstIdOf = (moment: string): string => `(lpad(to_hex((extract(epoch FROM ${moment}) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid`;

const WAITING = `(state = 'created' OR state = 'retry')`;

export const METRICS: MetricQuery[] = [
  {
    name: 'openhands_jira_rejected_calls_last_hour',
    help: 'Webhook calls that were not let in, of this clock hour and the one before, by reason.',
    labels: ['reason'],
    sql: `SELECT reason, sum(count) AS value FROM rejected_calls WHERE hour >= date_trunc('hour', now()) - interval '1 hour' GROUP BY reason`,
  },
  {
    name: 'openhands_jira_jobs',
    help: 'Jobs that are not over, by state.',
    labels: ['state'],
    sql: `SELECT state, coalesce(job.number, 0) AS value FROM unnest(ARRAY['queued', 'starting', 'running']) AS state
          LEFT JOIN (SELECT state, count(*) AS number FROM jobs WHERE state IN ('queued', 'starting', 'running') GROUP BY state) job USING (state)`,
  },
  {
    name: 'openhands_jira_jobs_ended_last_hour',
    help: 'Jobs that ended during the last hour, by state and, if they failed, why.',
    labels: ['state', 'failure'],
    // The range keeps the query small; a job that took more than two days from its trigger to its end is not counted.
    sql: `SELECT state, failure, count(*) AS value FROM jobs
          WHERE id >= ${firstIdOf(`now() - interval '2 days'`)} AND finished_at >= now() - interval '1 hour' GROUP BY state, failure`,
  },
  {
    name: 'openhands_jira_queue_entries',
    help: 'Entries of the queue, by queue: due (could be worked now), later (postponed, or between two attempts) or active.',
    labels: ['queue', 'state'],
    sql: `SELECT q.name AS queue, s.state, count(job.id) AS value
          FROM queue.queue q CROSS JOIN unnest(ARRAY['due', 'later', 'active']) AS s(state)
          LEFT JOIN (
            SELECT id, name, CASE WHEN state = 'active' THEN 'active' WHEN start_after <= now() THEN 'due' ELSE 'later' END AS state
            FROM queue.job WHERE state = 'active' OR ${WAITING}
          ) job ON job.name = q.name AND job.state = s.state
          GROUP BY q.name, s.state`,
  },
  {
    name: 'openhands_jira_queue_oldest_seconds',
    help: 'For how long the oldest entry that could be worked has waited, by queue; 0 when none waits.',
    labels: ['queue'],
    sql: `SELECT q.name AS queue, coalesce(extract(epoch FROM now() - min(job.start_after)), 0) AS value
          FROM queue.queue q LEFT JOIN queue.job job ON job.name = q.name AND ${WAITING.replaceAll('state', 'job.state')} AND job.start_after <= now()
          GROUP BY q.name`,
  },
  {
    name: 'openhands_jira_service_account_tokens',
    help: 'Tokens of service accounts of active connections: rejected by Jira, expired, ending within 1, 7, 14 or 30 days, later, or of unknown end.',
    labels: ['state'],
    sql: `SELECT state, count(connection.id) AS value
          FROM unnest(ARRAY['rejected', 'expired', '1_day', '7_days', '14_days', '30_days', 'later', 'unknown']) AS state
          LEFT JOIN (
            SELECT id, CASE
              WHEN service_account_rejected_at IS NOT NULL THEN 'rejected'
              WHEN service_account_token_expires_at IS NULL THEN 'unknown'
              WHEN service_account_token_expires_at <= now() THEN 'expired'
              WHEN service_account_token_expires_at <= now() + interval '1 day' THEN '1_day'
              WHEN service_account_token_expires_at <= now() + interval '7 days' THEN '7_days'
              WHEN service_account_token_expires_at <= now() + interval '14 days' THEN '14_days'
              WHEN service_account_token_expires_at <= now() + interval '30 days' THEN '30_days'
              ELSE 'later' END AS state
            FROM connections WHERE status = 'active'
          ) connection USING (state)
          GROUP BY state`,
  },
  {
    name: 'openhands_jira_service_account_token_ends_seconds',
    help: 'Seconds until the first token of a service account of an active connection ends, by product; below 0 when it has ended. Missing when no end is known.',
    labels: ['product'],
    sql: `SELECT product, extract(epoch FROM min(service_account_token_expires_at) - now()) AS value FROM connections WHERE status = 'active' GROUP BY product`,
  },
  {
    name: 'openhands_jira_failing_checks',
    help: 'Active connections whose latest test, not older than two days, failed, by product and check. Missing when none failed.',
    labels: ['product', 'check'],
    sql: `SELECT c.product, failing.name AS check, count(*) AS value FROM connections c
          CROSS JOIN LATERAL (SELECT failing, tested_at FROM connection_tests t WHERE t.connection_id = c.id ORDER BY day DESC LIMIT 1) latest
          CROSS JOIN LATERAL unnest(latest.failing) AS failing(name)
          WHERE c.status = 'active' AND latest.tested_at > now() - interval '2 days' GROUP BY c.product, failing.name`,
  },
];
