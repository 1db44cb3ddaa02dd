import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConnectionEntity } from '../connections/connection.entity.js';
import { Links } from '../connections/links.service.js';
import { type SharedChanges, SharedConnections } from '../connections/shared-connections.service.js';
import { Queue } from '../queue/queue.service.js';
import type { Caller } from '../security/access.js';
import type { Change } from '../security/audit-log.service.js';
import { Problem } from '../security/problem.js';

/** A change of the record, with the word for it in the audit log. */
export interface RecordChange extends SharedChanges {
  what: Change['what'];
}

/**
 * Every change of the installation's record of its Jira Data Center. Who may make it was decided before (`DataCenterAccess`), perhaps
 * seconds ago, because Jira was asked in between. So nothing changes when the record has another owner or state by now: throws `Problem`.
 */
@Injectable()
export class DataCenterRecord {
  constructor(
    private readonly db: DataSource,
    private readonly shared: SharedConnections,
    private readonly links: Links,
    private readonly queue: Queue,
  ) {}

  /** Changes the record. Somebody who changes one without an owner becomes it. */
  change(row: ConnectionEntity, caller: Caller, { what, ...changes }: RecordChange): Promise<ConnectionEntity> {
    const owner = row.ownerId === null && caller.userId !== null ? { ownerId: caller.userId } : {};
    return this.db.transaction(async (manager) => {
      await needUnchanged(manager, row);
      return this.shared.change(manager, row.id, { by: caller, what, changes: { ...changes, ...owner } });
    });
  }

  /** Ends every link and the connection; its jobs are cancelled. Record and address stay, for whoever sets it up again. Gives the number of links. */
  end(row: ConnectionEntity, caller: Caller): Promise<number> {
    return this.db.transaction(async (manager) => {
      await needUnchanged(manager, row);
      const ended = await this.links.endAll(manager, row.id);
      await this.shared.change(manager, row.id, { by: caller, what: 'connection_ended', changes: { status: 'inactive' }, endedLinks: ended });
      const hadJobs = row.status === 'active' || row.status === 'paused';
      if (hadJobs) await this.queue.enqueue(manager, 'connection-removed', { connectionId: row.id }, { key: row.id });
      return ended;
    });
  }

  /** The webhook secret that counts now, or null when there is none. */
  secretOf(row: ConnectionEntity): string | null {
    return this.shared.webhookSecret(row);
  }

  /** Until when the former webhook secret is accepted, too; null when it is not. */
  formerSecretUntil(row: ConnectionEntity): Date | null {
    return this.shared.previousSecretUntil(row);
  }
}

/** The lock keeps it so until the transaction ends. */
async function needUnchanged(manager: EntityManager, { id, ownerId, status }: ConnectionEntity): Promise<void> {
  const now = await manager.findOneOrFail(ConnectionEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (now.ownerId === ownerId && now.status === status) return;
  throw new Problem(409, 'conflict', 'Somebody else changed the integration at the same moment, so nothing was changed here. Load the page again to see how it is now.');
}
