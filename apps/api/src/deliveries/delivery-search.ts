/**
 * Finding deliveries: who may see which, and the filters of the list. Every way to a page walks an index that is sorted like the
 * list and stops when the page is full, so that it stays quick among a million deliveries.
 */
import type { DeliveryQuery } from '@openhands-jira/contracts';
import { firstIdOf } from '../database/uuid.js';
import type { Caller } from '../security/access.js';

/** A statement with its values. */
export interface Statement {
  sql: string;
  values: unknown[];
}

export type DeliveryFilter = Omit<DeliveryQuery, 'limit'>;

/** An id may be made a little later than the time that is noted as received. */
const SLACK_MS = 60_000;

/**
 * The ids of the deliveries that fit, newest first, at most `most` of them. Administrators see all; others what came to a
 * connection that they own, what they caused themselves, and what is about a job of theirs.
 */
export function findDeliveries(caller: Caller, filter: DeliveryFilter, most: number): Statement {
  const values: unknown[] = [];
  const fits = conditions(filter, values).map((condition) => ` AND ${condition}`).join('');
  const page = `ORDER BY d.id DESC LIMIT ${most}`;
  if (caller.isAdmin) return { sql: `SELECT d.id FROM deliveries d WHERE true${fits} ${page}`, values };
  const user = `$${values.push(caller.userId)}::uuid`;
  // A connection that is asked for is looked for among their few ties, and not among all deliveries.
  const only = (connection: string): string => (filter.connectionId === undefined ? '' : ` AND ${connection} = $${values.push(filter.connectionId)}::uuid`);
  const each = (of: string, condition: string): string => `CROSS JOIN LATERAL (SELECT d.id FROM deliveries d WHERE ${condition}${fits} ${page}) d WHERE ${of}`;
  return {
    sql: `SELECT d.id FROM (
        SELECT d.id FROM connections c ${each(`c.owner_id = ${user}${only('c.id')}`, 'd.connection_id = c.id')}
        UNION SELECT d.id FROM links l ${each(`l.user_id = ${user}${only('l.connection_id')}`, 'd.connection_id = l.connection_id AND d.actor_id = l.jira_account_id')}
        UNION (SELECT d.id FROM deliveries d WHERE d.job_user_id = ${user}${fits} ${page})
      ) d ${page}`,
    values,
  };
}

/** One condition for each filter that is set; its value is added to `values`. */
function conditions({ cursor, connectionId, outcome, reason, issueKey, actor, since, until }: DeliveryFilter, values: unknown[]): string[] {
  const found: string[] = [];
  const add = (value: unknown, condition: (place: string) => string): void => {
    if (value !== undefined) found.push(condition(`$${values.push(value)}`));
  };
  const idAround = (time: string | undefined, shift: number): string | undefined => (time === undefined ? undefined : firstIdOf(new Date(Date.parse(time) + shift)));
  add(cursor, (place) => `d.id < ${place}::uuid`);
  add(connectionId, (place) => `d.connection_id = ${place}::uuid`);
  add(outcome, (place) => `d.outcome = ${place}`);
  // In so many words, because a plan that was made for any outcome could not use the index, which leaves out what is ignored.
  if (outcome !== undefined && outcome !== 'ignored') found.push(`d.outcome <> 'ignored'`);
  add(reason, (place) => `d.reason = ${place}`);
  add(issueKey, (place) => `d.issue_key = ${place}`);
  add(actor || undefined, (place) => `lower(d.actor_name) = ANY (ARRAY(${namesWith(place)}))`);
  // The id narrows the search, the time itself decides.
  add(idAround(since, -SLACK_MS), (place) => `d.id >= ${place}::uuid`);
  add(since, (place) => `d.received_at >= ${place}::timestamptz`);
  add(idAround(until, SLACK_MS), (place) => `d.id < ${place}::uuid`);
  add(until, (place) => `d.received_at < ${place}::timestamptz`);
  return found;
}

/**
 * The names that a text is a part of. It hops through the index from one name to the next, so its work grows with the number of
 * people and not with the number of deliveries; the deliveries are then found by whole names.
 */
function namesWith(place: string): string {
  return `WITH RECURSIVE names AS (
      (SELECT lower(actor_name) AS name FROM deliveries WHERE lower(actor_name) IS NOT NULL ORDER BY lower(actor_name) LIMIT 1)
      UNION ALL
      SELECT (SELECT lower(o.actor_name) FROM deliveries o WHERE lower(o.actor_name) > n.name ORDER BY lower(o.actor_name) LIMIT 1) FROM names n WHERE n.name IS NOT NULL
    ) SELECT name FROM names WHERE position(lower(${place}) IN name) > 0`;
}
