import { Injectable } from '@nestjs/common';
import type { DeliveryOutcome, DeliveryReason } from '@openhands-jira/contracts';
import type { EntityManager } from 'typeorm';
import { DataSource } from 'typeorm';
import { ourComment } from '../comments/issue-write.entity.js';
import { Clock } from '../config/clock.js';
import { type Change, Changes } from '../database/changes.js';

/** What we remember of a comment that once addressed us. */
export interface KnownComment {
  outcome: DeliveryOutcome | null;
  textHash: Buffer | null;
}

/** How a trigger ended. */
export interface TriggerEnd {
  key: string;
  outcome: DeliveryOutcome;
  reason: DeliveryReason;
  textHash: Buffer | null;
}

/** A trigger that a delivery wants to own. */
export interface TriggerClaim {
  connectionId: string;
  key: string;
  deliveryId: string;
  issueId: string;
  commentId: string | null;
  /** The comment that the delivery speaks of, whatever the trigger is. */
  saidIn: string | null;
  /** A replay may decide again what was refused or ignored, never what became a job. */
  replay: boolean;
}

/** Who has a key; `outcome` is null while that is being decided. */
export type KeyHolder = { kind: 'own_comment' } | { kind: 'claimed'; deliveryId: string; outcome: DeliveryOutcome | null };

export type Claimed = { kind: 'own_comment' } | { kind: 'claimed'; deliveryId: string };

/** A comment that could not be read, or did not address us, and has not led to work since. Whoever knows the secret may have spoken of it before it was written. */
function isWithdrawnComment(row: string): string {
  return `(${row}.reason = 'withdrawn' AND ${row}.comment_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM triggers later WHERE later.connection_id = ${row}.connection_id AND later.comment_id = ${row}.comment_id AND later.outcome = 'job'))`;
}

/** The row of a comment of ours has no delivery. */
const CLAIM = `
  WITH own AS (${ourComment('$1', '$8')}), claimed AS (
    INSERT INTO triggers AS t (connection_id, key, delivery_id, issue_id, comment_id, created_at)
    SELECT $1::uuid, $2, $3::uuid, $4, $5, $6::timestamptz WHERE NOT EXISTS (SELECT FROM own)
    ON CONFLICT (connection_id, key) DO UPDATE SET delivery_id = excluded.delivery_id, outcome = NULL, reason = NULL, settled_at = NULL
      WHERE t.outcome = 'failed' OR ($7 AND t.outcome IN ('refused', 'ignored')) OR t.reason = 'payload_mismatch' OR ${isWithdrawnComment('t')}
    RETURNING delivery_id)
  SELECT NULL::uuid AS delivery_id FROM own
  UNION ALL SELECT delivery_id FROM claimed
  UNION ALL SELECT delivery_id FROM triggers WHERE connection_id = $1 AND key = $2 AND NOT EXISTS (SELECT FROM claimed) AND NOT EXISTS (SELECT FROM own)`;

/**
 * The memory of what was asked for: one row per connection and trigger key, never deleted. The primary key is what keeps
 * two deliveries of one comment from becoming two jobs, in whatever order or parallelism they are worked.
 */
@Injectable()
export class TriggerStore {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Claims the key for this delivery, unless it speaks of a comment that we wrote. Gives the delivery that has the key: ours when the
   * claim worked (also when we had it before, after a crash), another one when the same trigger came in already. A trigger whose
   * first delivery failed for good, or told what Jira does not confirm, is taken over: it must not silence the true one.
   */
  async claim(claim: TriggerClaim): Promise<Claimed> {
    const [row] = await this.db.query<{ delivery_id: string | null }[]>(CLAIM, [
      claim.connectionId, claim.key, claim.deliveryId, claim.issueId, claim.commentId, this.clock.now(), claim.replay, claim.saidIn,
    ]);
    // A row that another transaction inserted after our snapshot is in no part: ask once more.
    if (!row) return this.claim(claim);
    return row.delivery_id === null ? { kind: 'own_comment' } : { kind: 'claimed', deliveryId: row.delivery_id };
  }

  /** Who has the key, and what became of it, without claiming it. Null when nobody has. */
  async holderOf({ connectionId, key, saidIn }: Pick<TriggerClaim, 'connectionId' | 'key' | 'saidIn'>): Promise<KeyHolder | null> {
    const [row] = await this.db.query<{ is_own: boolean; delivery_id: string | null; outcome: DeliveryOutcome | null }[]>(
      `SELECT EXISTS (${ourComment('$1', '$3')}) AS is_own, t.delivery_id, t.outcome FROM (SELECT) AS always LEFT JOIN triggers t ON t.connection_id = $1 AND t.key = $2`,
      [connectionId, key, saidIn],
    );
    if (row?.is_own) return { kind: 'own_comment' };
    return row?.delivery_id ? { kind: 'claimed', deliveryId: row.delivery_id, outcome: row.outcome } : null;
  }

  /** The key that this delivery claimed, or null when it never came to that. */
  async keyOf(connectionId: string, deliveryId: string): Promise<string | null> {
    const [row] = await this.db.query<{ key: string }[]>('SELECT key FROM triggers WHERE connection_id = $1 AND delivery_id = $2', [connectionId, deliveryId]);
    return row?.key ?? null;
  }

  /** Remembers how the trigger ended, in the transaction that settles the delivery. */
  async settle(manager: EntityManager, connectionId: string, end: TriggerEnd): Promise<void> {
    const changes = new Changes();
    changes.add(this.settlement(connectionId, end));
    await changes.run(manager);
  }

  /** The same as one of several changes. */
  settlement(connectionId: string, { key, outcome, reason, textHash }: TriggerEnd): Change {
    return (place, when) => `
      UPDATE triggers SET outcome = ${place(outcome)}, reason = ${place(reason)}, text_hash = coalesce(${place(textHash)}, text_hash), settled_at = ${place(this.clock.now())}
      WHERE connection_id = ${place(connectionId)} AND key = ${place(key)} AND ${when}`;
  }

  /**
   * The latest answer that this comment got, or null when it never addressed us. The trigger that is being decided does not
   * count: it may be known from an attempt that did not come to an end, from a twin, or from the delivery that is replayed.
   */
  async knownComment(connectionId: string, commentId: string, exceptKey: string): Promise<KnownComment | null> {
    const [row] = await this.db.query<{ outcome: DeliveryOutcome | null; text_hash: Buffer | null }[]>(
      `SELECT outcome, text_hash FROM triggers WHERE connection_id = $1 AND comment_id = $2 AND key <> $3 ORDER BY created_at DESC LIMIT 1`,
      [connectionId, commentId, exceptKey],
    );
    return row ? { outcome: row.outcome, textHash: row.text_hash } : null;
  }
}
