/**
 * Who is at work in this process, over all its queues, and when a group has to step back for others.
 *
 * Node runs everything of a process on one thread. While that waits for answers, more can be begun at no cost; once it has its hands full,
 * whatever is begun in addition makes everything under way slower. A company that asks for two hundred things at once would then keep all
 * others waiting, each time for a fraction of a second, at every step of their way.
 */
import { performance } from 'node:perf_hooks';

/** The share of its time above which the thread has its hands full: others, PostgreSQL perhaps, work for it meanwhile. */
const BUSY_SHARE = 0.3;
/** Over how long it is looked at: long enough for a steady number, and short enough to notice a crowd while it comes. */
const LOOK_MS = 100;
/** A group counts as one that asks for work as long as its latest entry began no longer ago. */
const ASKS_MS = 2000;

/** Shared by the loops of a process. */
export class Crowd {
  /** Entries at work, by group. */
  private readonly atWork = new Map<string, number>();
  /** When an entry of a group was last begun, the latest last; milliseconds of the process. */
  private readonly begun = new Map<string, number>();
  private readonly onEnd: (() => void)[] = [];

  constructor(private readonly isBusy: () => boolean = hasItsHandsFull()) {}

  /** Calls back each time that an entry of a group has ended. */
  whenEnded(callback: () => void): void {
    this.onEnd.push(callback);
  }

  begin(group: string): void {
    this.atWork.set(group, this.count(group) + 1);
    this.begun.delete(group);
    this.begun.set(group, performance.now());
  }

  end(group: string): void {
    if (this.count(group) > 1) this.atWork.set(group, this.count(group) - 1);
    else this.atWork.delete(group);
    this.onEnd.forEach((callback) => callback());
  }

  /** Whether groups have to share what time there is: the thread has its hands full, and more than one asks. */
  get isDense(): boolean {
    if (!this.isBusy()) return false;
    const since = performance.now() - ASKS_MS;
    for (const [group, at] of this.begun) if (at < since) this.begun.delete(group);
    return this.begun.size > 1;
  }

  /** The groups of which something is at work. */
  get groups(): string[] {
    return [...this.atWork.keys()];
  }

  private count(group: string): number {
    return this.atWork.get(group) ?? 0;
  }
}

/** Looks at the thread that it is called in. */
function hasItsHandsFull(): () => boolean {
  let since = performance.eventLoopUtilization();
  let lookedAt = performance.now();
  let wasBusy = false;
  return () => {
    const now = performance.now();
    if (now - lookedAt < LOOK_MS) return wasBusy;
    wasBusy = performance.eventLoopUtilization(since).utilization > BUSY_SHARE;
    since = performance.eventLoopUtilization();
    lookedAt = now;
    return wasBusy;
  };
}
