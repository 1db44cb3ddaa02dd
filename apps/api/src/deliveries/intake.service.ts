import { Inject, Injectable, Logger } from '@nestjs/common';
import type { DeliveryOutcome, DeliveryReason, TraceStep } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { type Change, Changes } from '../database/changes.js';
import { DOOR_DATABASE, DoorStatements } from '../database/door-database.js';
import { storableJson, storableName, storableText } from '../database/stored-text.js';
import { uuidv7 } from '../database/uuid.js';
import { Figures } from '../config/figures.js';
import { workContext } from '../config/work-context.js';
import { Queue } from '../queue/queue.service.js';
import { packBody } from './body-storage.js';
import { inTurns } from './door-turns.js';
import { StoreUnavailable } from './store-unavailable.js';

/** A proven delivery on its way into the database. */
export interface IncomingDelivery {
  connectionId: string;
  origin: 'webhook' | 'replay' | 'sweep';
  originDeliveryId: string | null;
  identifier: string | null;
  /** SHA-256 of the body; null for a replay, which repeats a body on purpose. */
  bodyHash: Buffer | null;
  body: Buffer;
  headers: Record<string, string>;
  signedWith: 'current' | 'previous';
  event: string;
  issueId: string | null;
  issueKey: string | null;
  actorId: string | null;
  actorName: string | null;
  triggerKey: string | null;
  receivedAt: Date;
  /** `pending` goes to triage; everything else was decided at the door. */
  outcome: DeliveryOutcome;
  reason: DeliveryReason | null;
  detail: string | null;
  trace: TraceStep[];
}

/** What became of an incoming delivery. */
export interface Accepted {
  deliveryId: string;
  outcome: DeliveryOutcome;
  reason: DeliveryReason | null;
}

interface Waiting {
  id: string;
  delivery: IncomingDelivery;
  /** Of its own request: the group is written on behalf of many. */
  traceparent: string | undefined;
  resolve: (accepted: Accepted) => void;
  reject: (error: unknown) => void;
}

const REPEATED = { outcome: 'ignored', reason: 'duplicate_delivery' } as const;

/** A group of these is written in a moment, so whoever comes next does not wait long for it. */
const USUAL_ROWS = 16;
/** When many wait, a group holds this part of them, up to so many: a commit that takes long should be worth it. */
const PART_OF_WAITING = 1 / 16;
const MOST_ROWS = 64;
const MOST_FLUSHES = 2;
/** A write usually takes milliseconds. */
const SLOW_MS = 100;
const PATIENCE_MS = 2000;
/** Bodies that wait while the database does not answer are held in memory; more than these are refused at once. */
const MOST_WAITING = 2000;
/** The same by their size. A single one may be larger. */
const MOST_BYTES = 64 * 1024 * 1024;
/** A group holds no more than this, unless one body alone does. */
const GROUP_BYTES = 8 * 1024 * 1024;

/**
 * Group commit. Deliveries that arrive together are written by one statement, and each is answered only after its own row
 * has committed, together with its queue entry when it is for triage. One write is under way, so under load the groups grow,
 * up to their usual size, instead of the number of transactions; a second begins only beside one that takes long, which may be stuck. When more wait than
 * go into a group, connections take turns.
 */
@Injectable()
export class Intake {
  private readonly log = new Logger('deliveries');
  private readonly statements: DoorStatements;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private flushes = 0;
  private slowFlushes = 0;

  constructor(
    @Inject(DOOR_DATABASE) private readonly db: DataSource,
    private readonly queue: Queue,
    private readonly figures: Figures,
  ) {
    this.statements = new DoorStatements(db);
  }

  /** Stores a delivery. Resolves after the commit; throws `StoreUnavailable` when that takes longer than two seconds. */
  accept(delivery: IncomingDelivery): Promise<Accepted> {
    const isFull = this.waiting.length >= MOST_WAITING || (this.waiting.length > 0 && this.waitingBytes + delivery.body.length > MOST_BYTES);
    if (isFull) return Promise.reject(new StoreUnavailable());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(one), PATIENCE_MS);
      const one: Waiting = {
        id: uuidv7(),
        delivery,
        traceparent: workContext().traceparent,
        resolve: (accepted) => (clearTimeout(timer), resolve(accepted)),
        reject: (error) => (clearTimeout(timer), reject(error as Error)),
      };
      this.waiting.push(one);
      this.waitingBytes += delivery.body.length;
      this.flushSoon();
    });
  }

  /** Too late for Jira, which gets an error and sends it again: what is not being written yet need not be written. */
  private giveUp(one: Waiting): void {
    if (this.waiting.includes(one)) this.takeOut([one]);
    one.reject(new StoreUnavailable());
  }

  private flushSoon(): void {
    const isQuickOneUnderWay = this.flushes > this.slowFlushes;
    if (isQuickOneUnderWay || this.flushes >= MOST_FLUSHES || this.waiting.length === 0) return;
    this.flushes += 1;
    // After this turn of the event loop, so that requests that were read together are written together.
    setImmediate(() => void this.flushGroup());
  }

  private async flushGroup(): Promise<void> {
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      this.slowFlushes += 1;
      this.flushSoon();
    }, SLOW_MS);
    try {
      await this.flush(this.takeGroup());
    } finally {
      clearTimeout(timer);
      this.flushes -= 1;
      if (isSlow) this.slowFlushes -= 1;
      this.flushSoon();
    }
  }

  private takeGroup(): Waiting[] {
    const rows = Math.min(Math.max(USUAL_ROWS, Math.ceil(this.waiting.length * PART_OF_WAITING)), MOST_ROWS);
    const next = inTurns(this.waiting, rows, ({ delivery }) => delivery.connectionId);
    let bytes = 0;
    const more = next.findIndex((one, index) => (bytes += one.delivery.body.length) > GROUP_BYTES && index > 0);
    return this.takeOut(more === -1 ? next : next.slice(0, more));
  }

  private takeOut(group: Waiting[]): Waiting[] {
    const taken = new Set(group);
    this.waiting = this.waiting.filter((one) => !taken.has(one));
    for (const one of group) this.waitingBytes -= one.delivery.body.length;
    return group;
  }

  private async flush(group: Waiting[]): Promise<void> {
    if (group.length === 0) return;
    try {
      await this.write(group);
    } catch (error) {
      if (group.length > 1) return this.flushOneByOne(group);
      this.log.warn({ err: error }, 'A delivery could not be stored');
      group[0]!.reject(new StoreUnavailable());
    }
  }

  /** One bad row must hurt only itself. */
  private async flushOneByOne(group: Waiting[]): Promise<void> {
    for (const one of group) await this.flush([one]);
  }

  private async write(group: Waiting[]): Promise<void> {
    const inserted = await this.insert(group);
    for (const one of group) if (inserted.has(one.id)) this.answer(one, one.id, one.delivery);
    const repeated = group.filter((one) => !inserted.has(one.id));
    if (repeated.length > 0) await this.answerRepeated(repeated);
  }

  /**
   * Never throws: what is new in the group is stored by now, and written again it would count as its own repetition. Two processes that
   * count the same deliveries may wait for each other, until PostgreSQL stops one of them; one at a time they do not.
   */
  private async answerRepeated(repeated: Waiting[]): Promise<void> {
    try {
      const originals = await this.findOriginals(repeated);
      for (const one of repeated) this.answer(one, originals.get(one.id) ?? one.id, REPEATED);
    } catch (error) {
      if (repeated.length > 1) {
        for (const one of repeated) await this.answerRepeated([one]);
        return;
      }
      this.log.warn({ err: error }, 'A repeated delivery could not be counted');
      repeated[0]!.reject(new StoreUnavailable());
    }
  }

  private answer(one: Waiting, deliveryId: string, { outcome, reason }: Pick<Accepted, 'outcome' | 'reason'>): void {
    if (outcome !== 'pending') this.figures.decided(outcome, reason);
    one.resolve({ deliveryId, outcome, reason });
  }

  /** Gives the ids that were new. The queue entry of a trigger is added by the same statement, so both exist or neither. */
  private async insert(group: Waiting[]): Promise<Set<string>> {
    const changes = new Changes();
    const stored = changes.add(insertDeliveries(group));
    const entries = group.filter(isForTriage).map((one) => ({ deliveryId: one.id, traceparent: one.traceparent }));
    const connectionOf = new Map(group.map((one) => [one.id, one.delivery.connectionId]));
    this.queue.add(changes, 'triage', entries, {
      groupOf: ({ deliveryId }) => connectionOf.get(deliveryId),
      onlyIf: `EXISTS (SELECT FROM ${stored} WHERE id::text = wanted.data->>'deliveryId')`,
    });
    const rows = await changes.rowsOf<{ id: string }>(stored, this.statements);
    return new Set(rows.map((row) => row.id));
  }

  /** The first delivery of each repeated one, whose counter goes up. */
  private async findOriginals(repeated: Waiting[]): Promise<Map<string, string>> {
    const values = repeated.map((_, i) => `($${i * 4 + 1}::uuid, $${i * 4 + 2}::uuid, $${i * 4 + 3}::text, $${i * 4 + 4}::bytea)`);
    const [rows] = (await this.db.query(
      `WITH again (id, connection_id, identifier, body_hash) AS (VALUES ${values.join(', ')}),
            first AS (SELECT again.id AS again_id, d.id FROM again JOIN deliveries d ON d.connection_id = again.connection_id
                       AND (d.identifier = again.identifier OR d.body_hash = again.body_hash))
       UPDATE deliveries d SET duplicates = duplicates + (SELECT count(*) FROM first f WHERE f.id = d.id)
       FROM first WHERE d.id = first.id
       RETURNING d.id, (SELECT array_agg(f.again_id) FROM first f WHERE f.id = d.id) AS again`,
      repeated.flatMap(({ id, delivery: d }) => [id, d.connectionId, d.identifier, d.bodyHash]),
    )) as [{ id: string; again: string[] }[], number];
    return new Map(rows.flatMap((row) => row.again.map((again) => [again, row.id] as const)));
  }
}

function isForTriage({ delivery }: Waiting): boolean {
  return delivery.outcome === 'pending';
}

const COLUMNS = [
  'id', 'connection_id', 'origin', 'origin_delivery_id', 'identifier', 'body_hash', 'body', 'headers', 'signed_with', 'event', 'issue_id',
  'issue_key', 'actor_id', 'actor_name', 'trigger_key', 'received_at', 'outcome', 'reason', 'detail', 'trace', 'settled_at',
];

/** The rows of a group; gives the ids of those that were new. */
function insertDeliveries(group: Waiting[]): Change {
  return (place) => `INSERT INTO deliveries (${COLUMNS.join(', ')}) VALUES ${group.map((one) => `(${valuesOf(one).map(place).join(', ')})`).join(', ')} ON CONFLICT DO NOTHING RETURNING id`;
}

function valuesOf({ id, delivery: d }: Waiting): unknown[] {
  return [
    id, d.connectionId, d.origin, d.originDeliveryId, storableName(d.identifier), d.bodyHash, packBody(d.body), storableJson(d.headers), d.signedWith, storableName(d.event),
    storableName(d.issueId), storableName(d.issueKey), storableName(d.actorId), storableName(d.actorName), storableName(d.triggerKey), d.receivedAt, d.outcome, d.reason,
    d.detail === null ? null : storableText(d.detail), storableJson(d.trace), d.outcome === 'pending' ? null : d.receivedAt,
  ];
}
