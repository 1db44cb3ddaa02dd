import { Injectable } from '@nestjs/common';
import type { AuditEntry, Page, PageQuery } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { Problem } from '../security/problem.js';

/** What administrators read of the audit log. It is written where the changes are made (`security/audit-log`). */
@Injectable()
export class AuditEntries {
  constructor(private readonly db: DataSource) {}

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

interface Row extends Pick<AuditEntry, 'what' | 'changes'> {
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
