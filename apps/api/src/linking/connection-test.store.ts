import { Injectable } from '@nestjs/common';
import { CHECKS_TOLD_ELSEWHERE, type ConnectionTestDay, type HealthCheck } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';

/** What the latest test of a connection found. */
export interface LatestTest {
  testedAt: Date;
  items: HealthCheck[];
}

const DAY_MS = 24 * 3_600_000;
/** Days of the history, and of the retention. */
export const HISTORY_DAYS = 30;

/** What the tests of connections found: the latest of each day, and every check that failed on that day. */
@Injectable()
export class ConnectionTestStore {
  constructor(private readonly db: DataSource) {}

  /** Keeps a test; it takes the place of an earlier one of the same day. */
  async keep(connectionId: string, { testedAt, items }: LatestTest): Promise<void> {
    const failing = items.filter((one) => one.result === 'fail').map((one) => one.check);
    await this.db.query(KEEP, [connectionId, testedAt, JSON.stringify(items), failing]);
  }

  /** The latest test since a time; null when there is none. */
  async latest(connectionId: string, since: Date): Promise<LatestTest | null> {
    const [row] = await this.db.query<{ tested_at: Date; items: HealthCheck[] }[]>(`${DAYS} LIMIT 1`, [connectionId, since]);
    return row ? { testedAt: row.tested_at, items: row.items } : null;
  }

  /** The last days, newest first. */
  async days(connectionId: string, now: Date): Promise<ConnectionTestDay[]> {
    const rows = await this.db.query<DayRow[]>(DAYS, [connectionId, new Date(now.getTime() - HISTORY_DAYS * DAY_MS)]);
    return rows.map(({ day, items, failed }) => ({ day, checks: items.map(({ check, result, tookMs }) => ({ check, result: failed.includes(check) ? 'fail' : result, ...(tookMs !== undefined && { tookMs }) })) }));
  }

  /** Active connections whose test is due, those that waited longest first. */
  async due(now: Date, limit: number): Promise<string[]> {
    const rows = await this.db.query<{ id: string }[]>(DUE, [now, limit, CHECKS_TOLD_ELSEWHERE]);
    return rows.map(({ id }) => id);
  }
}

interface DayRow {
  day: string;
  items: HealthCheck[];
  failed: string[];
}

const KEEP = `
  INSERT INTO connection_tests AS t (connection_id, day, tested_at, items, failing, failed)
  VALUES ($1, ($2::timestamptz AT TIME ZONE 'UTC')::date, $2, $3, $4::text[], $4::text[])
  ON CONFLICT (connection_id, day) DO UPDATE SET tested_at = excluded.tested_at, items = excluded.items, failing = excluded.failing,
    failed = ARRAY(SELECT DISTINCT unnest(t.failed || excluded.failed))`;

const DAYS = `SELECT to_char(day, 'YYYY-MM-DD') AS day, tested_at, items, failed FROM connection_tests WHERE connection_id = $1 AND tested_at > $2 ORDER BY day DESC`;

/**
 * Each connection has its own moment of the day, made from its id, so that the tests of many are spread over the day. It is due when it was
 * not tested since then; also when its credentials were saved since, or, to see whether it is over, an hour after a failure. A Jira that
 * asked for quiet waits; one that refuses the account is not asked hour by hour.
 */
const DUE = `
  SELECT c.id FROM connections c
  LEFT JOIN LATERAL (SELECT tested_at, failing FROM connection_tests t WHERE t.connection_id = c.id ORDER BY day DESC LIMIT 1) latest ON true
  CROSS JOIN LATERAL (SELECT $1::timestamptz - mod(extract(epoch FROM $1::timestamptz)::bigint - abs(hashtext(c.id::text)::bigint) % 86400, 86400) * interval '1 second' AS moment) own
  WHERE c.status = 'active' AND (c.calls_paused_until IS NULL OR c.calls_paused_until <= now())
    AND (latest.tested_at IS NULL OR latest.tested_at < own.moment OR latest.tested_at < c.service_account_saved_at
      OR (NOT latest.failing <@ $3::text[] AND c.service_account_rejected_at IS NULL AND latest.tested_at < $1::timestamptz - interval '1 hour'))
    AND NOT EXISTS (SELECT FROM leases WHERE name = 'connection test ' || c.id AND until > now())
  ORDER BY latest.tested_at NULLS FIRST LIMIT $2`;
