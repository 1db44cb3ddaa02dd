import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Delivery, DeliveryDetail, DeliveryOutcome, DeliveryQuery, DeliveryReason, Page, PublicDecision, ReplayAccepted, TraceStep } from '@openhands-jira/contracts';
import { REASON_TEXTS } from '@openhands-jira/domain';
import { DataSource, type EntityManager, Repository } from 'typeorm';
import { Clock } from '../config/clock.js';
import { storableJson, storableName, storableText } from '../database/stored-text.js';
import { Queue } from '../queue/queue.service.js';
import type { Caller } from '../security/access.js';
import { notFound, Problem } from '../security/problem.js';
import { DeliveryEntity } from './delivery.entity.js';
import { Intake } from './intake.service.js';

/** How a delivery ends. */
export interface Settlement {
  outcome: Exclude<DeliveryOutcome, 'pending'>;
  reason: DeliveryReason;
  detail: string | null;
  jobId?: string | null;
  duplicateOf?: string | null;
  trace: TraceStep[];
  /** Set when this end was found by an attempt, which then counts. */
  attempted?: boolean;
  /** The actor as Jira confirmed it. */
  actor?: { id: string; displayName: string } | null;
  issue?: { id: string; key: string } | null;
}

/**
 * Who may see a delivery: administrators all, the owner of the connection all of it, others those that they caused or
 * whose job is theirs. `$1` is the caller's user id, `$2` whether they are an administrator.
 */
const VISIBLE = `($2::boolean
  OR EXISTS (SELECT 1 FROM connections c WHERE c.id = d.connection_id AND c.owner_id = $1::uuid)
  OR EXISTS (SELECT 1 FROM links l WHERE l.connection_id = d.connection_id AND l.user_id = $1::uuid AND l.jira_account_id = d.actor_id)
  OR EXISTS (SELECT 1 FROM jobs j WHERE j.id = d.job_id AND j.user_id = $1::uuid))`;

/** Who may see a delivery's payload. */
const MANAGES = `($2::boolean OR EXISTS (SELECT 1 FROM connections c WHERE c.id = d.connection_id AND c.owner_id = $1::uuid))`;

/** The delivery log: what came in, how it was decided, and deciding it again. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly db: DataSource,
    @InjectRepository(DeliveryEntity) private readonly rows: Repository<DeliveryEntity>,
    private readonly intake: Intake,
    private readonly queue: Queue,
    private readonly clock: Clock,
  ) {}

  /** One delivery, for the rooms that decide it. */
  find(id: string): Promise<DeliveryEntity | null> {
    return this.rows.findOneBy({ id });
  }

  /** Newest first; only what the caller may see. */
  async list(caller: Caller, query: DeliveryQuery): Promise<Page<Delivery>> {
    const rows = await this.db.query<DeliveryRow[]>(
      `SELECT ${LIST_COLUMNS} FROM deliveries d
       WHERE ${VISIBLE}
         AND ($3::uuid IS NULL OR d.connection_id = $3)
         AND ($4::text IS NULL OR d.outcome = $4)
         AND ($5::text IS NULL OR d.issue_key = $5)
         AND ($6::uuid IS NULL OR d.id < $6)
       ORDER BY d.id DESC LIMIT $7`,
      [caller.userId, caller.isAdmin, query.connectionId ?? null, query.outcome ?? null, query.issueKey ?? null, readCursor(query.cursor), query.limit + 1],
    );
    const items = rows.slice(0, query.limit).map(toDelivery);
    return { items, nextCursor: rows.length > query.limit ? items.at(-1)!.id : null };
  }

  /** One delivery with its trace. Payload and headers only for those who manage the connection. */
  async detail(caller: Caller, id: string): Promise<DeliveryDetail> {
    const [row] = await this.db.query<(DeliveryRow & DetailRow)[]>(
      `SELECT ${LIST_COLUMNS}, d.origin, d.origin_delivery_id, d.duplicate_of, d.duplicates, d.signed_with, d.settled_at, d.detail, d.trace,
              ${MANAGES} AS manages, CASE WHEN ${MANAGES} THEN d.headers END AS headers, CASE WHEN ${MANAGES} THEN d.body END AS body
       FROM deliveries d WHERE d.id = $3::uuid AND ${VISIBLE}`,
      [caller.userId, caller.isAdmin, id],
    );
    if (!row) throw notFound('delivery');
    return toDetail(row);
  }

  /** How a delivery was decided, for readers of the issue who are not signed in. Its id is in our comment, and nowhere else. */
  async decision(id: string): Promise<PublicDecision> {
    const delivery = await this.find(id);
    if (!delivery) throw notFound('delivery');
    const { outcome, reason } = delivery;
    return { outcome, reason, title: reason && REASON_TEXTS[reason].title, fixHint: reason && REASON_TEXTS[reason].hint };
  }

  /**
   * Decides the stored payload again, as a new delivery that names its origin. What already led to a job does not start
   * twice: the trigger key sees to that.
   */
  async replay(caller: Caller, id: string): Promise<ReplayAccepted> {
    const [row] = await this.db.query<{ manages: boolean }[]>(`SELECT ${MANAGES} AS manages FROM deliveries d WHERE d.id = $3::uuid AND ${VISIBLE}`, [caller.userId, caller.isAdmin, id]);
    if (!row) throw notFound('delivery');
    if (!row.manages) throw new Problem(403, 'forbidden', 'Only the owner of the connection and administrators can run a delivery again.');
    const origin = await this.find(id);
    if (!origin?.body) throw new Problem(409, 'payload_gone', 'The payload of this delivery is no longer kept, so it cannot be run again. Ask again in the issue instead.');
    const now = this.clock.now();
    const accepted = await this.intake.accept({
      ...origin,
      body: origin.body,
      origin: 'replay',
      originDeliveryId: origin.id,
      identifier: null,
      bodyHash: null,
      receivedAt: now,
      outcome: 'pending',
      reason: null,
      detail: null,
      trace: [{ step: 'replay', result: 'info', detail: `Run again from delivery ${origin.id}.`, at: now.toISOString() }],
    });
    return { deliveryId: accepted.deliveryId };
  }

  /**
   * Holds a delivery that is still to be decided until the transaction ends; false when it was decided meanwhile. A process
   * that lost its heartbeat may still be at work on what another one took over.
   */
  async holdPending(manager: EntityManager, id: string): Promise<boolean> {
    const rows = (await manager.query(`SELECT 1 FROM deliveries WHERE id = $1 AND outcome = 'pending' FOR UPDATE`, [id])) as unknown[];
    return rows.length > 0;
  }

  /** Writes how a delivery ended. The first settlement stands. */
  async settle(manager: EntityManager, id: string, end: Settlement): Promise<void> {
    await manager.query(
      `UPDATE deliveries SET outcome = $2, reason = $3, detail = $4, job_id = coalesce($5, job_id), duplicate_of = $6, trace = $7, settled_at = $8,
              actor_id = coalesce($9, actor_id), actor_name = coalesce($10, actor_name), issue_id = coalesce($11, issue_id), issue_key = coalesce($12, issue_key),
              attempts = attempts + $13
       WHERE id = $1 AND outcome = 'pending'`,
      [id, end.outcome, end.reason, end.detail === null ? null : storableText(end.detail), end.jobId ?? null, end.duplicateOf ?? null, storableJson(end.trace), this.clock.now(),
        storableName(end.actor?.id ?? null), storableName(end.actor?.displayName ?? null), end.issue?.id ?? null, end.issue?.key ?? null, end.attempted ? 1 : 0],
    );
  }

  /** Notes an attempt that did not come to an end. */
  async noteAttempt(id: string, trace: TraceStep[]): Promise<void> {
    await this.db.query(`UPDATE deliveries SET attempts = attempts + 1, trace = $2 WHERE id = $1 AND outcome = 'pending'`, [id, JSON.stringify(trace)]);
  }

  /**
   * After the first delivery of a trigger failed for good, one that was set aside as its duplicate is decided instead.
   * Gives the id of the one that took over.
   */
  async reviveDuplicate(manager: EntityManager, failedId: string): Promise<string | null> {
    const [rows] = (await manager.query(
      `UPDATE deliveries SET outcome = 'pending', reason = NULL, detail = NULL, duplicate_of = NULL, settled_at = NULL, attempts = 0
       WHERE id = (SELECT id FROM deliveries WHERE duplicate_of = $1 AND reason = 'duplicate_trigger' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [failedId],
    )) as [{ id: string }[], number];
    const id = rows[0]?.id ?? null;
    if (id) await this.queue.enqueue(manager, 'triage', { deliveryId: id });
    return id;
  }
}

const LIST_COLUMNS = 'd.id, d.connection_id, d.event, d.issue_key, d.actor_name, d.received_at, d.outcome, d.reason, d.job_id, d.attempts';

interface DeliveryRow {
  id: string;
  connection_id: string;
  event: string;
  issue_key: string | null;
  actor_name: string | null;
  received_at: Date;
  outcome: DeliveryOutcome;
  reason: DeliveryReason | null;
  job_id: string | null;
  attempts: number;
}

interface DetailRow {
  origin: 'webhook' | 'replay' | 'sweep';
  origin_delivery_id: string | null;
  duplicate_of: string | null;
  duplicates: number;
  signed_with: 'current' | 'previous';
  settled_at: Date | null;
  detail: string | null;
  trace: TraceStep[];
  headers: Record<string, string> | null;
  body: Buffer | null;
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    connectionId: row.connection_id,
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

function toDetail(row: DeliveryRow & DetailRow): DeliveryDetail {
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
    headers: row.headers,
    payload: row.body ? parsePayload(row.body) : null,
  };
}

const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;

/** The payload for people: e-mail addresses are hidden, because a log is read by more people than an issue. */
function parsePayload(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8').replace(EMAIL, '(e-mail address)')) as unknown;
  } catch {
    return null;
  }
}

/** The cursor is the id of the last row that was shown. */
function readCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) return cursor;
  throw new Problem(400, 'validation_failed', 'The cursor is not one that a list gave out.', [{ path: 'cursor', message: 'Use the nextCursor of the list before.' }]);
}
