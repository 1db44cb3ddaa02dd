import { Injectable } from '@nestjs/common';
import type { HealthCheck } from '@openhands-jira/contracts';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Jiras } from '../jira/jiras.service.js';
import { DeliveryChecks } from './delivery-checks.js';
import { OAuthReturnCheck } from './oauth-return-check.js';
import { tokenCheck } from './token-check.js';

/** The checks of a saved connection: whether Jira lets us in, how long the token lasts, and whether we let Jira in. */
@Injectable()
export class ConnectionChecks {
  constructor(
    private readonly jiras: Jiras,
    private readonly deliveries: DeliveryChecks,
    private readonly returns: OAuthReturnCheck,
    private readonly clock: Clock,
  ) {}

  /** Makes them all, in words for administrators. Jira is called at once, beside the work that waits for its turn. */
  async of(row: ConnectionEntity): Promise<HealthCheck[]> {
    const [site, returns, deliveries] = await Promise.all([this.jiras.test(row), this.returns.of(row), this.deliveries.of(row)]);
    const token = { savedAt: row.serviceAccountSavedAt, expiresAt: row.serviceAccountTokenExpiresAt };
    return [...site.map((one) => ({ ...one, at: null })), ...returns, tokenCheck(token, this.clock.now()), ...deliveries];
  }

  /** Where people come back to from the consent page; null where people are not linked with OAuth. */
  callbackUrl(row: ConnectionEntity): Promise<string | null> {
    return this.returns.callbackUrl(row);
  }

  /** The same as this person may read them. */
  toldTo({ isAdmin }: { isAdmin: boolean }, { product }: ConnectionEntity, checks: HealthCheck[]): HealthCheck[] {
    if (isAdmin) return checks;
    return checks.filter(({ check }) => isToldToOwners(check)).map(({ at, ...line }) => ({ ...this.jiras.product(product).forOwner(line), at }));
  }
}

/** What strangers call is the installation's affair. */
export function isToldToOwners(check: HealthCheck['check']): boolean {
  return check !== 'unknown_calls';
}
