import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Writes are gathered for this long. */
const GATHER_MS = 250;

/**
 * When each connection had its first and its last delivery, for the settings page. Not worth a write per delivery: times
 * are gathered and written together. Losing one in a crash does no harm.
 */
@Injectable()
export class DeliveryTimes implements OnApplicationShutdown {
  private readonly log = new Logger('connections');
  private readonly latest = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly db: DataSource) {}

  /** Notes that a delivery of this connection was let in. */
  touch(connectionId: string, at: Date): void {
    const known = this.latest.get(connectionId);
    if (!known || known < at) this.latest.set(connectionId, at);
    this.timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }

  /** Writes what was gathered. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const gathered = [...this.latest];
    this.latest.clear();
    if (gathered.length > 0) this.writing = this.writing.then(() => this.write(gathered));
    return this.writing;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private async write(gathered: [string, Date][]): Promise<void> {
    try {
      await this.db.query(SET_TIMES, [gathered.map(([id]) => id), gathered.map(([, at]) => at)]);
    } catch (error) {
      this.log.warn({ err: error }, 'The times of deliveries could not be noted');
    }
  }
}

/** `version` stays: nothing that a cache holds has changed. */
const SET_TIMES = `
  UPDATE connections c
  SET first_delivery_at = coalesce(c.first_delivery_at, t.at), last_delivery_at = greatest(c.last_delivery_at, t.at)
  FROM unnest($1::uuid[], $2::timestamptz[]) AS t (id, at)
  WHERE c.id = t.id`;
