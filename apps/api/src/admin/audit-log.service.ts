import { Injectable } from '@nestjs/common';
import type { AuditEntry, Page, PageQuery } from '@openhands-jira/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { uuidv7 } from '../database/uuid.js';
import type { Caller } from '../security/access.js';
import { Problem } from '../security/problem.js';

/** A change that was made, without who and when. Values of secrets never go in here. */
export type Change = Pick<AuditEntry, 'what' | 'changes'>;

/** Who of the administrators changed what, and when. Entries are never changed or removed. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Notes a change in the transaction that makes it. */
  async note(manager: EntityManager, caller: Caller, change: Change): Promise<void> {
    await manager.query(
      `INSERT INTO audit_log (id, at, user_id, who, what, changes)
       VALUES ($1, $2, $3, coalesce((SELECT name FROM users WHERE id = $3), 'administrator token'), $4, $5)`,
      [uuidv7(), this.clock.now(), caller.userId, change.what, JSON.stringify(change.changes)],
    );
  }

  /** Newest first. */
  async list({ cursor, limit }: PageQuery): Promise<Page<AuditEntry>> {
    const rows = await this.db.query<Row[]>(
      `SELECT id, at, user_id, who, what, changes FROM audit_log WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
      [readCursor(cursor), limit + 1],
    );
    const items = rows.slice(0, limit).map(({ user_id, at, ...row }) => ({ ...row, userId: user_id, at: at.toISOString() }));
    return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
  }
}

interface Row extends Change {
  id: string;
  at: Date;
  user_id: string | null;
  who: string;
}

/** The cursor is the id of the last entry that was shown. */
function readCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) return cursor;
  throw new Problem(400, 'validation_failed', 'The cursor is not one that a list gave out.', [{ path: 'cursor', message: 'Use the nextCursor of the list before.' }]);
}
