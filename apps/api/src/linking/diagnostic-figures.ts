/**
 * What happened on a connection, in numbers and in the newest decisions, for its diagnostics. Everything is chosen column by column: what
 * people wrote, how they are called and how the site is called is never read.
 */
import type { Diagnostics } from '@openhands-jira/contracts';
import type { DataSource } from 'typeorm';
import { WEBHOOK_EVENTS } from '../connections/connection.view.js';
import { firstIdOf } from '../database/uuid.js';

const NEWEST = 20;

/** Counts since a time, by how things ended. */
export async function figuresOf(db: DataSource, connectionId: string, since: Date): Promise<Diagnostics['lastWeek']> {
  const [deliveries, rejected, jobs] = await Promise.all([
    db.query<Diagnostics['lastWeek']['deliveries']>(DELIVERIES, [connectionId, firstIdOf(since)]),
    db.query<{ reason: Diagnostics['lastWeek']['rejected'][number]['reason']; count: number; last_at: Date }[]>(REJECTED, [connectionId, since]),
    db.query<Diagnostics['lastWeek']['jobs']>(JOBS, [connectionId, firstIdOf(since)]),
  ]);
  return { since: since.toISOString(), deliveries, rejected: rejected.map(({ last_at: at, ...one }) => ({ ...one, lastAt: at.toISOString() })), jobs };
}

/** The newest decisions, step by step, without the words of the steps. */
export async function newestDeliveries(db: DataSource, connectionId: string): Promise<Diagnostics['lastDeliveries']> {
  const rows = await db.query<DeliveryRow[]>(NEWEST_DELIVERIES, [connectionId]);
  return rows.map(({ received_at: receivedAt, settled_at: settledAt, signed_with: signedWith, event, steps, ...row }) => ({
    ...row,
    signedWith,
    event: WEBHOOK_EVENTS.includes(event) ? event : 'other',
    receivedAt: receivedAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
    trace: steps.map(({ step, result, at }) => ({ step, result, afterMs: Date.parse(at) - receivedAt.getTime() })),
  }));
}

type Told = Diagnostics['lastDeliveries'][number];

interface DeliveryRow extends Pick<Told, 'id' | 'origin' | 'outcome' | 'reason' | 'attempts' | 'duplicates'> {
  /** As the payload names it. */
  event: string;
  received_at: Date;
  settled_at: Date | null;
  signed_with: Told['signedWith'];
  steps: { step: string; result: Told['trace'][number]['result']; at: string }[];
}

const DELIVERIES = `
  SELECT outcome, reason, count(*)::int AS count FROM deliveries WHERE connection_id = $1 AND id >= $2::uuid
  GROUP BY outcome, reason ORDER BY count DESC, outcome, reason`;

const REJECTED = `
  SELECT reason, sum(count)::int AS count, max(last_at) AS last_at FROM rejected_calls WHERE connection_id = $1 AND hour >= date_trunc('hour', $2::timestamptz)
  GROUP BY reason ORDER BY count DESC, reason`;

const JOBS = `
  SELECT state, failure, count(*)::int AS count FROM jobs WHERE connection_id = $1 AND id >= $2::uuid
  GROUP BY state, failure ORDER BY count DESC, state, failure`;

const NEWEST_DELIVERIES = `
  SELECT id, origin, event, received_at, settled_at, outcome, reason, attempts, duplicates, signed_with,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('step', s ->> 'step', 'result', s ->> 'result', 'at', s ->> 'at') ORDER BY n), '[]') FROM jsonb_array_elements(trace) WITH ORDINALITY AS t (s, n)) AS steps
  FROM deliveries WHERE connection_id = $1 ORDER BY id DESC LIMIT ${NEWEST}`;
