import { Injectable } from '@nestjs/common';
import { type ConnectionRules, DEFAULT_RULES } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { type Author, AuditLog } from '../security/audit-log.service.js';
import { ConnectionEntity } from './connection.entity.js';
import { ruleLines } from './rules-audit.js';

/** What became of the wish to save rules. `not_yours`: only the owner changes which apps act in the owner's name. */
export type SavedRules = { kind: 'saved'; row: ConnectionEntity } | { kind: 'not_yours' } | { kind: 'gone' };

/** The rules that hold on a connection. */
export function rulesOf({ rules }: Pick<ConnectionEntity, 'rules'>): ConnectionRules {
  return { ...DEFAULT_RULES, ...rules };
}

/** Keeps the rules of connections. Who may read and save them is decided by the rooms above, all but the apps. */
@Injectable()
export class StoredRules {
  constructor(
    private readonly db: DataSource,
    private readonly audit: AuditLog,
  ) {}

  /** Replaces the rules and notes what changed. The row's version goes up, so the front doors notice within half a second. */
  save(connectionId: string, rules: ConnectionRules, by: Author): Promise<SavedRules> {
    return this.db.transaction(async (manager) => {
      const row = await manager.findOne(ConnectionEntity, { where: { id: connectionId }, lock: { mode: 'pessimistic_write' } });
      if (!row) return { kind: 'gone' };
      const former = rulesOf(row);
      if (!sameApps(former, rules) && !isOwner(row, by)) return { kind: 'not_yours' };
      const changes = ruleLines(former, rules);
      if (changes.length === 0) return { kind: 'saved', row };
      const saved = await manager.save(Object.assign(row, { rules }));
      await this.audit.note(manager, by, { what: 'connection_rules_changed', changes: [{ name: row.site, from: row.status, to: row.status }, ...changes] });
      return { kind: 'saved', row: saved };
    });
  }
}

/** Whether somebody owns a connection. */
export function isOwner({ ownerId }: Pick<ConnectionEntity, 'ownerId'>, { userId }: Author): boolean {
  return userId !== null && ownerId === userId;
}

function sameApps(former: ConnectionRules, wanted: ConnectionRules): boolean {
  return former.allowedApps.length === wanted.allowedApps.length && former.allowedApps.every((app) => wanted.allowedApps.includes(app));
}

/** The rules for another owner: apps act in the name of the owner, and the new one has not agreed to any. */
export function rulesForNewOwner(row: Pick<ConnectionEntity, 'rules'>): ConnectionRules | null {
  return row.rules && { ...row.rules, allowedApps: [] };
}
