/**
 * A connection in shadow decides everything, starts nothing and writes nothing into Jira. Decisions are values until they are settled, so
 * this only says another end; the trace keeps every step of the real one.
 */
import { REFUSED_REASONS, type ShadowReport } from '@openhands-jira/contracts';
import { REASON_TEXTS } from '@openhands-jira/domain';
import type { DataSource } from 'typeorm';
import { firstIdOf } from '../database/uuid.js';
import { type Decision, ignored } from './decision.js';
import type { Trace } from './trace.js';

/**
 * How the delivery ends instead. What only ends a job from before is done all the same, whether somebody says "stop" or deletes the
 * comment: such a job goes on under the eyes of people, who must be able to end it.
 */
export function inShadow(decision: Decision, trace: Trace): Decision {
  if (decision.outcome === 'ignored' || (decision.outcome === 'job' && decision.takesBack)) return decision;
  const title = `${REASON_TEXTS[decision.reason].title}.`;
  trace.note('shadow', 'no', `The connection only watches. Otherwise: ${title} ${decision.detail}`);
  return ignored(decision.outcome === 'job' ? 'shadow_accepted' : 'shadow_refused', title);
}

/** What the connection would have done since a time. The detail of such a delivery is the title of the reason that it would have had. */
export async function shadowReport(db: DataSource, connectionId: string, since: Date): Promise<ShadowReport> {
  const rows = await db.query<{ reason: string; title: string; count: number }[]>(COUNTS, [connectionId, firstIdOf(since)]);
  const refused = rows.filter(({ reason }) => reason === 'shadow_refused');
  const refusals = refused.flatMap(({ title, count }) => REFUSED_REASONS.filter((code) => `${REASON_TEXTS[code].title}.` === title).map((reason) => ({ reason, count })));
  return { since: since.toISOString(), accepted: sum(rows) - sum(refused), refused: sum(refused), refusals };
}

function sum(rows: { count: number }[]): number {
  return rows.reduce((all, { count }) => all + count, 0);
}

const COUNTS = `
  SELECT reason, detail AS title, count(*)::int AS count FROM deliveries
  WHERE connection_id = $1 AND id >= $2::uuid AND outcome = 'ignored' AND reason IN ('shadow_accepted', 'shadow_refused')
  GROUP BY reason, detail ORDER BY count DESC, detail`;
