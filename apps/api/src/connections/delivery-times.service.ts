import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Times are gathered for this long, and for longer when those of many connections were written the last time. */
const GATHER_MS = 250;
const GATHER_MS_A_ROW = 5;
const LONGEST_MS = 10_000;
/** Whoever changes a connection waits for no more rows than these. */
const MOST_ROWS = 500;

/**
 * When each connection had its first and its last delivery, for the settings page. Not worth a write per delivery: times
 * are gathered and written together, less often the more connections there are: for thousands of them the rows would cost as much
 * as the deliveries themselves. Losing one in a crash does no harm.
 */
@Injectable()
export class DeliveryTimes implements OnApplicationShutdown {
  private readonly log = new Logger('connections');
  private readonly latest = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;
  private gatherMs = GATHER_MS;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly db: DataSource) {}

  /** Notes that a delivery of this connection was let in. */
  touch(connectionId: string, at: Date): void {
    const known = this.latest.get(connectionId);
    if (!known || known < at) this.latest.set(connectionId, at);
    this.timer ??= setTimeout(() => void this.flush(), this.gatherMs);
  }

  /** Writes what was gathered. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const gathered = [...this.latest];
    this.latest.clear();
    this.gatherMs = Math.min(Math.max(GATHER_MS, gathered.length * GATHER_MS_A_ROW), LONGEST_MS);
    if (gathered.length > 0) this.writing = this.writing.then(() => this.write(gathered));
    return this.writing;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private async write(gathered: [string, Date][]): Promise<void> {
    // All processes in one order, so that two of them never wait for each other.
    gathered.sort(([one], [other]) => (one < other ? -1 : 1));
    for (let next = 0; next < gathered.length; next += MOST_ROWS) await this.writePart(gathered.slice(next, next + MOST_ROWS));
  }

  private async writePart(part: [string, Date][]): Promise<void> {
    try {
      await this.db.query(SET_TIMES, [part.map(([id]) => id), part.map(([, at]) => at)]);
    } catch (error) {
      this.log.warn({ err: error }, 'The times of deliveries could not be noted');
    }
  }
}

/** `version` stays: nothing that a cache holds has changed. */
const SET_TIMES = `
  WITH seen AS (
    SELECT c.id, t.at FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, at) JOIN connections c ON c.id = t.id ORDER BY c.id FOR NO KEY UPDATE OF c
  )
  UPDATE connections c
  SET first_delivery_at = coalesce(c.first_delivery_at, seen.at), last_delivery_at = greatest(c.last_delivery_at, seen.at)
  FROM seen WHERE c.id = seen.id`;
