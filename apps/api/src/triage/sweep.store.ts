import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { Clock } from '../config/clock.js';

/** Something that was found and would be decided. */
export interface Find {
  connectionId: string;
  triggerKey: string;
  issueId: string;
  /** When it happened in Jira. */
  at: Date;
}

/** Clocks differ: a delivery may carry an earlier time of ours than the event has in Jira. */
const CLOCK_DIFFERENCE_MS = 2 * 60_000;

/** How far each connection was searched, and what came in the usual way. */
@Injectable()
export class SweepStore {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * The connections to search. It begins with those that became active, from now on, and forgets those that are not: what
   * was said while a connection was paused was ignored on purpose.
   */
  async connections(): Promise<string[]> {
    await this.db.query(`DELETE FROM sweeps s USING connections c WHERE c.id = s.connection_id AND c.status <> 'active'`);
    await this.db.query(`INSERT INTO sweeps (connection_id, swept_until) SELECT id, $1 FROM connections WHERE status = 'active' ON CONFLICT DO NOTHING`, [this.clock.now()]);
    const rows = await this.db.query<{ connection_id: string }[]>('SELECT connection_id FROM sweeps ORDER BY swept_until');
    return rows.map((row) => row.connection_id);
  }

  /** Until when a connection was searched. Null when it is not searched. */
  async sweptUntil(connectionId: string): Promise<Date | null> {
    const [row] = await this.db.query<{ swept_until: Date }[]>('SELECT swept_until FROM sweeps WHERE connection_id = $1', [connectionId]);
    return row?.swept_until ?? null;
  }

  async advance(connectionId: string, until: Date): Promise<void> {
    await this.db.query('UPDATE sweeps SET swept_until = $2 WHERE connection_id = $1 AND swept_until < $2', [connectionId, until]);
  }

  /** True when a delivery told us already: it was decided, or it came while the connection was paused or not set up. */
  async isKnown({ connectionId, triggerKey, issueId, at }: Find): Promise<boolean> {
    const rows = await this.db.query<unknown[]>(
      `SELECT 1 FROM triggers WHERE connection_id = $1 AND key = $2
       UNION ALL
       SELECT 1 FROM deliveries WHERE connection_id = $1 AND id > $3 AND issue_id = $4 AND reason IN ('connection_paused', 'connection_pending')
       LIMIT 1`,
      // Ids begin with their time: the condition on `id` keeps this to the newest rows of the index.
      [connectionId, triggerKey, v7({ msecs: at.getTime() - CLOCK_DIFFERENCE_MS }), issueId],
    );
    return rows.length > 0;
  }
}
