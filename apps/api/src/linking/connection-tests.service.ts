import { Injectable } from '@nestjs/common';
import type { HealthCheck } from '@openhands-jira/contracts';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { Jiras } from '../jira/jiras.service.js';
import type { Caller } from '../security/access.js';
import { notFound } from '../security/problem.js';
import { DeliveryChecks } from './delivery-checks.js';
import { tokenCheck } from './token-check.js';

/** The test of a saved connection: whether Jira lets us in, how long the token lasts, and whether we let Jira in. */
@Injectable()
export class ConnectionTests {
  constructor(
    private readonly connections: Connections,
    private readonly jiras: Jiras,
    private readonly deliveries: DeliveryChecks,
    private readonly clock: Clock,
  ) {}

  /** For the owner and administrators; to everybody else there is no such connection. */
  async run(caller: Caller, connectionId: string): Promise<HealthCheck[]> {
    const row = await this.connections.byId(connectionId);
    if (!row || !mayTest(caller, row)) throw notFound('connection');
    const [site, deliveries] = await Promise.all([this.jiras.test(row, caller.isAdmin ? 'administrator' : 'owner'), this.deliveries.of(row)]);
    const token = { savedAt: row.serviceAccountSavedAt, expiresAt: row.serviceAccountTokenExpiresAt };
    return [...site.map((one) => ({ ...one, at: null })), tokenCheck(token, this.clock.now()), ...deliveries];
  }
}

function mayTest({ userId, isAdmin }: Caller, { ownerId }: ConnectionEntity): boolean {
  return isAdmin || (userId !== null && ownerId === userId);
}
