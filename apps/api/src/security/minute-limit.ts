import type { Clock } from '../config/clock.js';

const WINDOW_MS = 60_000;

/**
 * How often somebody may do something within a minute. Counted per process; the counts of a minute are thrown away with it, so
 * that they never pile up.
 */
export class MinuteLimit {
  private windowEnds = 0;
  private readonly counts = new Map<string, number>();

  /** @param most how often one key may pass within a minute */
  constructor(
    private readonly most: number,
    private readonly clock: Clock,
  ) {}

  /** Counts one more; false when that is too many. */
  allows(key: string): boolean {
    const now = this.clock.now().getTime();
    if (now >= this.windowEnds) {
      this.counts.clear();
      this.windowEnds = now + WINDOW_MS;
    }
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count <= this.most;
  }
}
