import type { DataSource } from 'typeorm';
import type { Clock } from '../config/clock.js';
import { sha256 } from './digest.js';

const WINDOW_MS = 60_000;

/**
 * How often somebody may do something within a minute, over all processes. What one process alone has seen too often is refused without a
 * question to the database, so a flood does not reach it. Old minutes are thrown away, so that counts never pile up.
 */
export class MinuteLimit {
  private minute = 0;
  private readonly seen = new Map<string, number>();

  /**
   * @param what is limited, in a word; limits of different things are counted apart
   * @param most how often one key may pass within a minute
   */
  constructor(
    private readonly what: string,
    private readonly most: number,
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Counts one more; false when that is too many. Keys are kept as hashes: they may be addresses of people. */
  async allows(key: string): Promise<boolean> {
    const minute = Math.floor(this.clock.now().getTime() / WINDOW_MS);
    if (this.countHere(key, minute) > this.most) return false;
    const name = `${this.what} ${sha256(key).toString('base64url')}`;
    // Without the database there is nothing that could be done too often.
    const rows = await this.db.query<{ count: number }[]>(COUNT, [name, new Date(minute * WINDOW_MS)]).catch(() => []);
    const count = rows[0]?.count ?? 0;
    if (count === 1) await this.db.query('DELETE FROM minute_counts WHERE minute < $1', [new Date((minute - 2) * WINDOW_MS)]).catch(() => undefined);
    return count <= this.most;
  }

  private countHere(key: string, minute: number): number {
    if (minute !== this.minute) this.seen.clear();
    this.minute = minute;
    const count = (this.seen.get(key) ?? 0) + 1;
    this.seen.set(key, count);
    return count;
  }
}

const COUNT = `
  WITH counted AS (
    INSERT INTO minute_counts (name, minute, count) VALUES ($1, $2, 1)
    ON CONFLICT (minute, name) DO UPDATE SET count = minute_counts.count + 1
    RETURNING count
  )
  SELECT count FROM counted`;
