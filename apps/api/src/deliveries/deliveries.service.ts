import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { DeliveryOutcome, DeliveryReason, TraceStep } from '@openhands-jira/contracts';
import { DataSource, type EntityManager, Repository } from 'typeorm';
import { Clock } from '../config/clock.js';
import { Figures } from '../config/figures.js';
import { type Change, Changes } from '../database/changes.js';
import { storableJson, storableName, storableText } from '../database/stored-text.js';
import { Queue } from '../queue/queue.service.js';
import { DeliveryEntity } from './delivery.entity.js';

/** How a delivery ends. */
export interface Settlement {
  outcome: Exclude<DeliveryOutcome, 'pending'>;
  reason: DeliveryReason;
  detail: string | null;
  jobId?: string | null;
  jobUserId?: string | null;
  duplicateOf?: string | null;
  trace: TraceStep[];
  /** Set when this end was found by an attempt, which then counts. */
  attempted?: boolean;
  /** The actor as Jira confirmed it. */
  actor?: { id: string; displayName: string } | null;
  issue?: { id: string; key: string } | null;
}

/** The deliveries as the rooms that decide them know them. How people read them is in `delivery-log.service.ts`. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly db: DataSource,
    @InjectRepository(DeliveryEntity) private readonly rows: Repository<DeliveryEntity>,
    private readonly queue: Queue,
    private readonly clock: Clock,
    private readonly figures: Figures,
  ) {}

  /** One delivery, for the rooms that decide it. */
  find(id: string): Promise<DeliveryEntity | null> {
    return this.rows.findOneBy({ id });
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
    const changes = new Changes();
    changes.demand(this.settlement(id, end));
    if (await changes.run(manager)) this.count(end);
  }

  /** The same as one of several changes. A job that is added by the same statement is not seen here: then `jobUserId` tells whose it is. */
  settlement(id: string, end: Settlement): Change {
    return (place, when) => `
      UPDATE deliveries SET outcome = ${place(end.outcome)}, reason = ${place(end.reason)}, detail = ${place(end.detail === null ? null : storableText(end.detail))},
        job_id = coalesce(${place(end.jobId ?? null)}, job_id), job_user_id = coalesce(${place(end.jobUserId ?? null)}, (SELECT user_id FROM jobs WHERE id = coalesce(${place(end.jobId ?? null)}, job_id))),
        duplicate_of = ${place(end.duplicateOf ?? null)}, trace = ${place(storableJson(end.trace))}, settled_at = ${place(this.clock.now())},
        actor_id = coalesce(${place(storableName(end.actor?.id ?? null))}, actor_id), actor_name = coalesce(${place(storableName(end.actor?.displayName ?? null))}, actor_name),
        issue_id = coalesce(${place(end.issue?.id ?? null)}, issue_id), issue_key = coalesce(${place(end.issue?.key ?? null)}, issue_key), attempts = attempts + ${place(end.attempted ? 1 : 0)}::int
      WHERE id = ${place(id)} AND outcome = 'pending' AND ${when}
      RETURNING id`;
  }

  /** Counts a settlement that was committed. */
  count({ outcome, reason }: Settlement): void {
    this.figures.decided(outcome, reason);
  }

  /** Notes an attempt that did not come to an end. */
  async noteAttempt(id: string, trace: TraceStep[]): Promise<void> {
    await this.db.query(`UPDATE deliveries SET attempts = attempts + 1, trace = $2 WHERE id = $1 AND outcome = 'pending'`, [id, JSON.stringify(trace)]);
  }

  /**
   * After the first delivery of a trigger failed for good, or was not confirmed by Jira, one that was set aside as its duplicate is decided instead.
   * Gives the id of the one that took over.
   */
  async reviveDuplicate(manager: EntityManager, failedId: string): Promise<string | null> {
    const [rows] = (await manager.query(
      `UPDATE deliveries SET outcome = 'pending', reason = NULL, detail = NULL, duplicate_of = NULL, settled_at = NULL, attempts = 0
       WHERE id = (SELECT id FROM deliveries WHERE duplicate_of = $1 AND reason = 'duplicate_trigger' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, connection_id`,
      [failedId],
    )) as [{ id: string; connection_id: string }[], number];
    const heir = rows[0];
    if (!heir) return null;
    // Should the heir fail as well, the next one has its turn.
    await manager.query('UPDATE deliveries SET duplicate_of = $2 WHERE duplicate_of = $1', [failedId, heir.id]);
    await this.queue.enqueue(manager, 'triage', { deliveryId: heir.id }, { groupOf: () => heir.connection_id });
    return heir.id;
  }
}

/** Holds a delivery that is still to be decided until the statement has done its changes. */
export function pendingDelivery(id: string): Change {
  return (place, when) => `SELECT id FROM deliveries WHERE id = ${place(id)} AND outcome = 'pending' AND ${when} FOR UPDATE`;
}
