import { Injectable } from '@nestjs/common';
import type { AuditEntry, Page, PageQuery } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { pageOf, readIdCursor } from '../security/id-cursor.js';

/** What administrators read of the audit log. It is written where the changes are made (`security/audit-log`). */
@Injectable()
export class AuditEntries {
  constructor(private readonly db: DataSource) {}

  /** Newest first. */
  async list({ cursor, limit }: PageQuery): Promise<Page<AuditEntry>> {
    const rows = await this.db.query<Row[]>(
      `SELECT id, at, user_id, who, what, changes FROM audit_log WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
      [readIdCursor(cursor), limit + 1],
    );
    return pageOf(rows, limit, ({ user_id, at, ...row }) => ({ ...row, userId: user_id, at: at.toISOString() }));
  }
}

interface Row extends Pick<AuditEntry, 'what' | 'changes'> {
  id: string;
  at: Date;
  user_id: string | null;
  who: string;
}
