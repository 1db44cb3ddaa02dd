import { Injectable } from '@nestjs/common';
import type { DeliveryOutcome, DeliveryOverview, Product, RejectedCalls, RejectedReason } from '@openhands-jira/contracts';
import { REASON_TEXTS } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { firstIdOf } from '../database/uuid.js';
import type { Caller } from '../security/access.js';

const DAY_MS = 24 * 3_600_000;

/** What people see above the delivery log: the last 24 hours in numbers, and the connections that they can choose from. */
@Injectable()
export class DeliveryOverviews {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** As far as the caller may see it. */
  async of(caller: Caller): Promise<DeliveryOverview> {
    const since = new Date(this.clock.now().getTime() - DAY_MS);
    const [counts, rejected, connections] = await Promise.all([this.outcomes(caller, since), this.rejected(caller, since), this.connections(caller)]);
    const calls = rejected.reduce((sum, { count }) => sum + count, 0);
    return { since: since.toISOString(), outcomes: { pending: 0, job: 0, ignored: 0, refused: 0, failed: 0, ...counts, rejected: calls }, rejected, connections };
  }

  private async outcomes(caller: Caller, since: Date): Promise<Partial<Record<DeliveryOutcome, number>>> {
    const rows = await this.db.query<{ outcome: DeliveryOutcome; count: number }[]>(
      `SELECT d.outcome, count(*)::int AS count FROM deliveries d
       WHERE d.id >= $3::uuid AND ($2::boolean
         OR d.connection_id IN (SELECT id FROM connections WHERE owner_id = $1::uuid)
         OR (d.connection_id, d.actor_id) IN (SELECT connection_id, jira_account_id FROM links WHERE user_id = $1::uuid)
         OR d.job_user_id = $1::uuid)
       GROUP BY d.outcome`,
      [caller.userId, caller.isAdmin, firstIdOf(since)],
    );
    return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
  }

  /** Counters are kept by the hour. Calls to addresses that name no connection are for administrators. */
  private async rejected(caller: Caller, since: Date): Promise<RejectedCalls[]> {
    const rows = await this.db.query<{ connection_id: string | null; reason: RejectedReason; count: number; last_at: Date }[]>(
      `SELECT r.connection_id, r.reason, sum(r.count)::int AS count, max(r.last_at) AS last_at FROM rejected_calls r
       WHERE r.hour >= date_trunc('hour', $3::timestamptz) AND ($2::boolean OR r.connection_id IN (SELECT id FROM connections WHERE owner_id = $1::uuid))
       GROUP BY r.connection_id, r.reason ORDER BY max(r.last_at) DESC LIMIT 50`,
      [caller.userId, caller.isAdmin, since],
    );
    return rows.map(({ connection_id, reason, count, last_at }) => ({ connectionId: connection_id, reason, count, lastAt: last_at.toISOString(), fixHint: REASON_TEXTS[reason].hint }));
  }

  /** Those of which something has come; others would find nothing. */
  private connections(caller: Caller): Promise<{ id: string; product: Product; site: string }[]> {
    return this.db.query(
      `SELECT c.id, c.product, c.site FROM connections c
       WHERE ($2::boolean OR c.owner_id = $1::uuid OR c.id IN (SELECT connection_id FROM links WHERE user_id = $1::uuid))
         AND EXISTS (SELECT 1 FROM deliveries d WHERE d.connection_id = c.id)
       ORDER BY c.product, c.site LIMIT 200`,
      [caller.userId, caller.isAdmin],
    );
  }
}
