import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { Links } from '../connections/links.service.js';
import { Queue } from '../queue/queue.service.js';

/** Ending links: one's own, or, for the owner of a connection, everybody's together with the connection. */
@Injectable()
export class CloudUnlinking {
  constructor(
    private readonly db: DataSource,
    private readonly connections: Connections,
    private readonly links: Links,
    private readonly queue: Queue,
  ) {}

  /**
   * Ends the link of a person on a connection. Of its owner: every link ends, tokens are erased with them, the connection
   * turns inactive and its jobs are cancelled. Nothing to end is fine.
   */
  async unlink(userId: string, connectionId: string): Promise<void> {
    await this.db.transaction(async (manager) => {
      const row = await manager.findOne(ConnectionEntity, { where: { id: connectionId, product: 'jira-cloud' }, lock: { mode: 'pessimistic_write' } });
      if (!row) return;
      if (row.ownerId === userId) await this.end(manager, row);
      else await this.links.end(manager, connectionId, userId);
    });
  }

  private async end(manager: EntityManager, row: ConnectionEntity): Promise<void> {
    const ended = await this.links.endAll(manager, row.id);
    const hadJobs = row.status === 'active' || row.status === 'paused';
    if (row.status !== 'inactive') await this.connections.deactivate(manager, row, { userId: row.ownerId }, ended);
    if (hadJobs) await this.queue.enqueue(manager, 'connection-removed', { connectionId: row.id }, { key: row.id });
  }
}
