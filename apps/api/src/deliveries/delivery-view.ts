/** Rows of deliveries as the REST contract shows them. */
import type { Delivery, DeliveryDetail, DeliveryOutcome, DeliveryReason, Product, TraceStep } from '@openhands-jira/contracts';
import { REASON_TEXTS } from '@openhands-jira/domain';
import { withoutAddresses } from '../security/hidden-addresses.js';
import { isTooMuch } from './payload.js';
import { unpackBody } from './body-storage.js';

/** What a list shows: of `deliveries d` and `connections c`. */
export const LIST_COLUMNS = 'd.id, d.connection_id, c.product, c.site, d.event, d.issue_key, d.actor_name, d.received_at, d.outcome, d.reason, d.job_id, d.attempts';

export interface ListRow {
  id: string;
  connection_id: string;
  product: Product;
  site: string;
  event: string;
  issue_key: string | null;
  actor_name: string | null;
  received_at: Date;
  outcome: DeliveryOutcome;
  reason: DeliveryReason | null;
  job_id: string | null;
  attempts: number;
}

/** What one delivery shows beyond that. */
export interface DetailRow {
  origin: 'webhook' | 'replay' | 'sweep';
  origin_delivery_id: string | null;
  duplicate_of: string | null;
  duplicates: number;
  signed_with: 'current' | 'previous';
  settled_at: Date | null;
  detail: string | null;
  trace: TraceStep[];
  comments: { commentId: string | null; writtenAt: string | null; givenUp: boolean; isWritten: boolean }[] | null;
  manages: boolean;
  headers: Record<string, string> | null;
  body: Buffer | null;
}

export function toDelivery(row: ListRow): Delivery {
  return {
    id: row.id,
    connectionId: row.connection_id,
    product: row.product,
    site: row.site,
    event: row.event,
    issueKey: row.issue_key,
    actor: row.actor_name,
    receivedAt: row.received_at.toISOString(),
    outcome: row.outcome,
    reason: row.reason,
    jobId: row.job_id,
    attempts: row.attempts,
  };
}

const DAY_MS = 24 * 3_600_000;

/** @param payloadDays how long payloads are kept */
export function toDetail(row: ListRow & DetailRow, payloadDays: number): DeliveryDetail {
  return {
    ...toDelivery(row),
    origin: row.origin,
    originDeliveryId: row.origin_delivery_id,
    duplicateOf: row.duplicate_of,
    duplicates: row.duplicates,
    signedWith: row.signed_with,
    settledAt: row.settled_at?.toISOString() ?? null,
    detail: row.detail,
    fixHint: row.reason ? REASON_TEXTS[row.reason].hint : null,
    trace: row.trace,
    comments: (row.comments ?? []).map(toComment),
    manages: row.manages,
    headers: row.headers,
    payload: row.body ? parsePayload(unpackBody(row.body)) : null,
    payloadKeptUntil: row.body ? new Date(row.received_at.getTime() + payloadDays * DAY_MS).toISOString() : null,
  };
}

function toComment({ commentId, writtenAt, givenUp, isWritten }: NonNullable<DetailRow['comments']>[number]): DeliveryDetail['comments'][number] {
  const state = givenUp ? 'given_up' : isWritten ? 'written' : 'waiting';
  return { commentId, state, writtenAt: writtenAt && new Date(writtenAt).toISOString() };
}

/** The payload for people: e-mail addresses are hidden, because a log is read by more people than an issue. */
function parsePayload(body: Buffer): unknown {
  // What is nested deeper could be read, but not written into an answer.
  if (isTooMuch(body)) return null;
  try {
    return JSON.parse(withoutAddresses(body.toString('utf8'))) as unknown;
  } catch {
    return null;
  }
}
