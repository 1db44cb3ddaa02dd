import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, Not } from 'typeorm';
import { type Author, AuditLog } from '../security/audit-log.service.js';
import { connectionAuditLines } from './connection-audit.js';
import { ConnectionEntity } from './connection.entity.js';
import { rulesForNewOwner, rulesOf } from './rules.service.js';
import { ruleLines } from './rules-audit.js';

/** What became of the wish to give a connection another owner. */
export type HandOver = 'handed_over' | 'unknown_connection' | 'unknown_person' | 'already_owner';

/**
 * Gives a connection another owner when the former one is gone. Who may do that is decided by the rooms above.
 *
 * Nothing else takes effect: status, credentials, links, addresses and rules stay. Only the apps that may ask do not: they act in
 * the name of the owner, and the new one has not agreed to that. A connection that its owner had ended stays
 * ended until the new owner brings it back, with all the proof that this needs.
 */
@Injectable()
export class Ownership {
  constructor(
    private readonly db: DataSource,
    private readonly audit: AuditLog,
  ) {}

  /** The former owner keeps their own link, and from then on is linked like everybody else. */
  handOver(connectionId: string, userId: string, by: Author): Promise<HandOver> {
    return this.db.transaction(async (manager) => {
      const row = await manager.findOne(ConnectionEntity, { where: { id: connectionId }, lock: { mode: 'pessimistic_write' } });
      if (!row || isUnproven(row)) return 'unknown_connection';
      const name = await nameOf(manager, userId);
      if (name === null) return 'unknown_person';
      if (row.ownerId === userId) return 'already_owner';
      await this.change(manager, row, { userId, name }, by);
      return 'handed_over';
    });
  }

  private async change(manager: EntityManager, row: ConnectionEntity, owner: { userId: string; name: string }, by: Author): Promise<void> {
    const former = { ...row };
    const from = former.ownerId && (await nameOf(manager, former.ownerId));
    const changed = await manager.save(Object.assign(row, { ownerId: owner.userId, rules: rulesForNewOwner(row) }));
    // What the new owner once began for this site can never take effect beside the connection, and would only hide it.
    await manager.delete(ConnectionEntity, { product: row.product, site: row.site, ownerId: owner.userId, status: 'pending', id: Not(row.id) });
    const line = { name: 'owner', from, to: owner.name };
    await this.audit.note(manager, by, { what: 'connection_handed_over', changes: [...connectionAuditLines(former, changed), line, ...ruleLines(rulesOf(former), rulesOf(changed))] });
  }
}

/** Typed by somebody who never proved to belong to the site: theirs alone, whoever comes or goes. Records that serve everybody have no account of their own. */
function isUnproven({ status, serviceAccountEmail }: ConnectionEntity): boolean {
  return status === 'pending' && serviceAccountEmail !== null;
}

async function nameOf(manager: EntityManager, userId: string): Promise<string | null> {
  const [user] = await manager.query<{ name: string }[]>('SELECT name FROM users WHERE id = $1', [userId]);
  return user?.name ?? null;
}
