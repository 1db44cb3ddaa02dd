import { Injectable } from '@nestjs/common';
import type { Delivery, DeliveryDetail, DeliveryQuery, Page, PublicDecision, ReplayAccepted } from '@openhands-jira/contracts';
import { REASON_TEXTS } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { AppConfig } from '../config/config.js';
import type { Caller } from '../security/access.js';
import { readIdCursor } from '../security/id-cursor.js';
import { notFound, Problem } from '../security/problem.js';
import { DeliveryEntity } from './delivery.entity.js';
import { findDeliveries } from './delivery-search.js';
import { type DetailRow, LIST_COLUMNS, type ListRow, toDelivery, toDetail } from './delivery-view.js';
import { Intake } from './intake.service.js';
import { replayOf } from './replay.js';

/**
 * Who may see a delivery: administrators all, the owner of the connection all of it, others those that they caused or
 * whose job is theirs. `$1` is the caller's user id, `$2` whether they are an administrator.
 */
const VISIBLE = `($2::boolean
  OR EXISTS (SELECT 1 FROM connections c WHERE c.id = d.connection_id AND c.owner_id = $1::uuid)
  OR EXISTS (SELECT 1 FROM links l WHERE l.connection_id = d.connection_id AND l.user_id = $1::uuid AND l.jira_account_id = d.actor_id)
  OR d.job_user_id = $1::uuid)`;

/** Who may see a delivery's payload and run it again. */
const MANAGES = `($2::boolean OR EXISTS (SELECT 1 FROM connections c WHERE c.id = d.connection_id AND c.owner_id = $1::uuid))`;

const COMMENTS = `(SELECT jsonb_agg(jsonb_build_object('commentId', w.remote_id, 'writtenAt', w.written_at, 'givenUp', w.gave_up_reason IS NOT NULL, 'isWritten', w.written_revision >= w.revision) ORDER BY w.id)
  FROM issue_writes w WHERE w.delivery_id = d.id AND w.kind = 'comment' AND w.job_id IS NULL) AS comments`;

/** The delivery log as people read it, and deciding a delivery again. */
@Injectable()
export class DeliveryLog {
  constructor(
    private readonly db: DataSource,
    private readonly intake: Intake,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Newest first; only what the caller may see. */
  async list(caller: Caller, query: DeliveryQuery): Promise<Page<Delivery>> {
    readIdCursor(query.cursor);
    const found = findDeliveries(caller, query, query.limit + 1);
    const rows = await this.db.query<ListRow[]>(
      `SELECT ${LIST_COLUMNS} FROM (${found.sql}) found JOIN deliveries d ON d.id = found.id JOIN connections c ON c.id = d.connection_id ORDER BY d.id DESC`,
      found.values,
    );
    const items = rows.slice(0, query.limit).map(toDelivery);
    return { items, nextCursor: rows.length > query.limit ? items.at(-1)!.id : null };
  }

  /** One delivery with its trace. Payload and headers only for those who manage the connection. */
  async detail(caller: Caller, id: string): Promise<DeliveryDetail> {
    const [row] = await this.db.query<(ListRow & DetailRow)[]>(
      `SELECT ${LIST_COLUMNS}, d.origin, d.origin_delivery_id, d.duplicate_of, d.duplicates, d.signed_with, d.settled_at, d.detail, d.trace, ${COMMENTS},
              ${MANAGES} AS manages, CASE WHEN ${MANAGES} THEN d.headers END AS headers, CASE WHEN ${MANAGES} THEN d.body END AS body
       FROM deliveries d JOIN connections c ON c.id = d.connection_id WHERE d.id = $3::uuid AND ${VISIBLE}`,
      [caller.userId, caller.isAdmin, id],
    );
    if (!row) throw notFound('delivery');
    return toDetail(row, this.config.env.RETENTION_PAYLOAD_DAYS);
  }

  /** How a delivery was decided, for readers of the issue who are not signed in. Its id is in our comment, and nowhere else. */
  async decision(id: string): Promise<PublicDecision> {
    // Not the payload, which may be large: anybody may ask this.
    const delivery = await this.db.manager.findOne(DeliveryEntity, { select: { id: true, outcome: true, reason: true }, where: { id } });
    if (!delivery) throw notFound('delivery');
    const { outcome, reason } = delivery;
    return { outcome, reason, title: reason && REASON_TEXTS[reason].title, fixHint: reason && REASON_TEXTS[reason].hint };
  }

  /**
   * Decides the stored payload again, as a new delivery that names its origin. What already led to a job does not start
   * twice: the trigger key sees to that.
   */
  async replay(caller: Caller, id: string): Promise<ReplayAccepted> {
    const accepted = await this.intake.accept(replayOf(await this.keptFor(caller, id), this.clock.now()));
    return { deliveryId: accepted.deliveryId };
  }

  /** A delivery with its payload, for those who may run it again. Throws the problem that says why there is none. */
  async keptFor(caller: Caller, id: string): Promise<DeliveryEntity & { body: Buffer }> {
    const [row] = await this.db.query<{ manages: boolean }[]>(`SELECT ${MANAGES} AS manages FROM deliveries d WHERE d.id = $3::uuid AND ${VISIBLE}`, [caller.userId, caller.isAdmin, id]);
    if (!row) throw notFound('delivery');
    if (!row.manages) throw new Problem(403, 'forbidden', 'Only the owner of the connection and administrators can run a delivery again. Ask one of them, or ask again in the issue.');
    const origin = await this.find(id);
    if (!origin?.body) throw new Problem(409, 'payload_gone', 'The payload of this delivery is no longer kept, so it cannot be run again. Ask again in the issue instead.');
    return { ...origin, body: origin.body };
  }

  private find(id: string): Promise<DeliveryEntity | null> {
    return this.db.manager.findOneBy(DeliveryEntity, { id });
  }
}
