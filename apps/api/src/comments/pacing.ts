/** One limit: at most `writes` within `ms`. */
interface Limit {
  writes: number;
  ms: number;
}

/**
 * Jira Cloud lets at most 20 writes in 2 seconds and 100 in 30 seconds into one issue (RateLimit-Reason
 * `jira-per-issue-on-write`). Half of that leaves room for the people at work there and for our other processes.
 */
const LIMITS: Limit[] = [
  { writes: 10, ms: 2000 },
  { writes: 50, ms: 30_000 },
];
const LONGEST_MS = 30_000;

const MOST_WRITES = Math.max(...LIMITS.map(({ writes }) => writes));

/** Remembers the latest writes of each issue in this process. */
export class Pacing {
  /** The issue that was written into last stands last. */
  private readonly writes = new Map<string, number[]>();

  /** Milliseconds to wait before the next write into this issue; 0 when it may go, and is then counted. */
  take(issue: string, now: number): number {
    this.forgetOld(now);
    const times = this.writes.get(issue) ?? [];
    const wait = Math.max(...LIMITS.map((limit) => waitFor(limit, times, now)));
    if (wait > 0) return wait;
    this.writes.delete(issue);
    this.writes.set(issue, [...times, now].slice(-MOST_WRITES));
    return 0;
  }

  /** Only from the front: behind the first issue with a recent write all have one. */
  private forgetOld(now: number): void {
    for (const [issue, times] of this.writes) {
      if (times.at(-1)! > now - LONGEST_MS) return;
      this.writes.delete(issue);
    }
  }
}

function waitFor(limit: Limit, times: number[], now: number): number {
  const blocking = times.at(-limit.writes);
  return blocking === undefined ? 0 : Math.max(0, blocking + limit.ms - now);
}
