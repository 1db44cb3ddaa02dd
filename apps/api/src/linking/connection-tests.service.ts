import { Injectable } from '@nestjs/common';
import type { ConnectionTestDay, ConnectionTestHistory, HealthCheck } from '@openhands-jira/contracts';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { lookedAfter } from '../connections/looked-after.js';
import type { Caller } from '../security/access.js';
import { ConnectionChecks, isToldToOwners } from './connection-checks.js';
import { ConnectionTestStore } from './connection-test.store.js';

/** The test of a saved connection, at the press of a button and once a day, and what former ones found. */
@Injectable()
export class ConnectionTests {
  constructor(
    private readonly connections: Connections,
    private readonly checks: ConnectionChecks,
    private readonly store: ConnectionTestStore,
    private readonly clock: Clock,
  ) {}

  /** For the owner and administrators; to everybody else there is no such connection. */
  async run(caller: Caller, connectionId: string): Promise<HealthCheck[]> {
    const row = await lookedAfter(this.connections, caller, connectionId);
    return this.checks.toldTo(caller, row, await this.test(row));
  }

  /** The same people read what was found. */
  async history(caller: Caller, connectionId: string): Promise<ConnectionTestHistory> {
    const row = await lookedAfter(this.connections, caller, connectionId);
    const [latest, days, callbackUrl] = await Promise.all([this.store.latest(row.id, new Date(0)), this.store.days(row.id, this.clock.now()), this.checks.callbackUrl(row)]);
    return { latest: latest && { testedAt: latest.testedAt.toISOString(), items: this.checks.toldTo(caller, row, latest.items) }, days: caller.isAdmin ? days : days.map(ofOwners), callbackUrl };
  }

  /** Connections whose daily test is due. */
  due(most: number): Promise<string[]> {
    return this.store.due(this.clock.now(), most);
  }

  /** The test that nobody asked for. A connection that was paused or ended meanwhile is left alone. */
  async runDaily(connectionId: string): Promise<void> {
    const row = await this.connections.byId(connectionId);
    if (row?.status === 'active') await this.test(row);
  }

  private async test(row: ConnectionEntity): Promise<HealthCheck[]> {
    const items = await this.checks.of(row);
    await this.store.keep(row.id, { testedAt: this.clock.now(), items });
    return items;
  }
}

function ofOwners({ day, checks }: ConnectionTestDay): ConnectionTestDay {
  return { day, checks: checks.filter(({ check }) => isToldToOwners(check)) };
}
