import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '@openhands-jira/contracts';
import type { EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { uuidv7 } from '../database/uuid.js';

/** A change that was made, without who and when. Values of secrets never go in here. */
export type Change = Pick<AuditEntry, 'what' | 'changes'>;

/** Whose change it is; null: the administrator token of the environment, which has no account. */
export interface Author {
  userId: string | null;
}

/**
 * Notes who changed what about the set-up, and when. Every room writes into it; administrators read it (`admin`). Entries
 * are never changed or removed.
 */
@Injectable()
export class AuditLog {
  constructor(private readonly clock: Clock) {}

  /** Notes a change in the transaction that makes it, so that there is neither without the other. */
  async note(manager: EntityManager, { userId }: Author, change: Change): Promise<void> {
    await manager.query(
      `INSERT INTO audit_log (id, at, user_id, who, what, changes)
       VALUES ($1, $2, $3, coalesce((SELECT name FROM users WHERE id = $3), 'administrator token'), $4, $5)`,
      [uuidv7(), this.clock.now(), userId, change.what, JSON.stringify(change.changes)],
    );
  }
}
