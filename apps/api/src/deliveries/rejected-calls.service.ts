import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { RejectedReason } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';

/** A call that was not let in. Nothing of its body is kept. */
export interface RejectedCall {
  connectionId: string | null;
  reason: RejectedReason;
  headerNames: string[];
  size: number;
}

/** Calls with one reason. */
export interface RejectedCount {
  reason: RejectedReason;
  count: number;
}

interface Count {
  connectionId: string | null;
  reason: RejectedReason;
  hour: Date;
  count: number;
  lastAt: Date;
  headerNames: string[];
  size: number;
}

const FLUSH_MS = 1000;
/** Strangers may call with any number of made-up ids; more kinds than this are counted together. */
const MOST_KINDS = 1000;

/**
 * Counts the calls that were not let in, per connection, reason and hour. A flood of wrong signatures must not touch the
 * database, so counts are collected in memory and written once a second.
 */
@Injectable()
export class RejectedCalls implements OnApplicationShutdown {
  private readonly log = new Logger('deliveries');
  private counts = new Map<string, Count>();
  private timer: NodeJS.Timeout | undefined;
  private written = Promise.resolve();

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Counts one call. */
  add(call: RejectedCall): void {
    const now = this.clock.now();
    const hour = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000);
    const keyOf = (connectionId: string | null): string => `${connectionId} ${call.reason} ${hour.getTime()}`;
    const connectionId = this.counts.size < MOST_KINDS || this.counts.has(keyOf(call.connectionId)) ? call.connectionId : null;
    const key = keyOf(connectionId);
    const count = this.counts.get(key)?.count ?? 0;
    this.counts.set(key, { connectionId, reason: call.reason, hour, count: count + 1, lastAt: now, headerNames: call.headerNames.slice(0, 50), size: call.size });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** The latest call to a connection that was not let in; null when there was none since the given time. */
  async latest(connectionId: string, since: Date | null): Promise<{ reason: RejectedReason; at: Date } | null> {
    const [row] = await this.db.query<{ reason: RejectedReason; at: Date }[]>(
      `SELECT reason, last_at AS at FROM rejected_calls WHERE connection_id = $1 AND ($2::timestamptz IS NULL OR last_at > $2) ORDER BY last_at DESC LIMIT 1`,
      [connectionId, since],
    );
    return row ?? null;
  }

  /** How many calls were not let in, by reason, the most frequent first. Null: those that name no connection. Counters are kept by the hour, so it is from the hour on that `since` is in. */
  countsSince(connectionId: string | null, since: Date): Promise<RejectedCount[]> {
    return this.db.query(
      `SELECT reason, sum(count)::int AS count FROM rejected_calls WHERE connection_id IS NOT DISTINCT FROM $1::uuid AND hour >= date_trunc('hour', $2::timestamptz)
       GROUP BY reason ORDER BY 2 DESC, 1`,
      [connectionId, since],
    );
  }

  /** Writes what was counted. Resolves when all of it is in the database, also what an earlier call is still writing. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.written = this.written.then(() => this.writeAll());
    return this.written;
  }

  /** What was counted until now: while an earlier call still writes, it is counted on in the same place, however long the database takes. */
  private async writeAll(): Promise<void> {
    const counts = [...this.counts.values()];
    this.counts = new Map();
    let failures = 0;
    let latest: unknown;
    for (const one of counts) {
      await this.write(one).catch((error: unknown) => {
        failures += 1;
        latest = error;
      });
    }
    // One line for all: there may be hundreds of kinds.
    if (failures > 0) this.log.warn({ err: latest, counters: failures }, 'Counters of calls that were not let in could not be written');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private async write(one: Count): Promise<void> {
    await this.db.query(
      `INSERT INTO rejected_calls (connection_id, reason, hour, count, last_at, last_header_names, last_size)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT ((coalesce(connection_id, '00000000-0000-0000-0000-000000000000'::uuid)), reason, hour)
       DO UPDATE SET count = rejected_calls.count + excluded.count, last_at = excluded.last_at,
                     last_header_names = excluded.last_header_names, last_size = excluded.last_size`,
      [one.connectionId, one.reason, one.hour, one.count, one.lastAt, one.headerNames, one.size],
    );
  }
}
