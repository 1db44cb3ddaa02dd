/**
 * Who is at work in this process, over all its queues, and when a group has to step back for others.
 *
 * Node runs everything of a process on one thread. While that waits for answers, more can be begun at no cost; once it has its hands full,
 * or has to wait for a core itself, whatever is begun in addition makes everything under way slower. A company that asks for two hundred things at once would then keep all
 * others waiting, each time for a fraction of a second, at every step of their way.
 */
import { performance } from 'node:perf_hooks';
import { hasItsHandsFull } from './thread.js';

/** A group counts as one that asks for work as long as its latest entry began no longer ago. */
const ASKS_MS = 2000;

/** Shared by the loops of a process. */
export class Crowd {
  /** Entries at work, by group. */
  private readonly atWork = new Map<string, number>();
  /** When the thread last had its hands full; times are milliseconds of the process. */
  private busyAt = -Infinity;
  /** What was begun lately, the latest last. */
  private readonly begun: { group: string; at: number }[] = [];
  private readonly onEnd: (() => void)[] = [];

  constructor(private readonly isBusy: () => boolean = hasItsHandsFull()) {}

  /** Calls back each time that an entry of a group has ended. */
  whenEnded(callback: () => void): void {
    this.onEnd.push(callback);
  }

  begin(group: string): void {
    this.atWork.set(group, this.count(group) + 1);
    this.begun.push({ group, at: performance.now() });
    this.forgetOlder();
  }

  end(group: string): void {
    if (this.count(group) > 1) this.atWork.set(group, this.count(group) - 1);
    else this.atWork.delete(group);
    this.onEnd.forEach((callback) => callback());
  }

  /** Whether groups have to share what time there is: the thread had its hands full lately, and more than one asks. */
  get isDense(): boolean {
    if (this.isBusy()) this.busyAt = performance.now();
    return this.busyAt >= performance.now() - ASKS_MS && this.lately().size > 1;
  }

  /**
   * The groups of which nothing new is begun now. In a crowd that is everybody of whom something is at work, and, while the thread has its
   * hands full, whoever had more than half of everything lately: that group gets what time the others leave.
   */
  get steppingBack(): string[] {
    if (!this.isDense) return [];
    if (!this.isBusy()) return [...this.atWork.keys()];
    const counts = this.lately();
    const all = this.begun.length;
    const largest = [...counts].filter(([, count]) => count > all / 2).map(([group]) => group);
    return [...new Set([...this.atWork.keys(), ...largest])];
  }

  /** How much was begun lately, by group. */
  private lately(): Map<string, number> {
    this.forgetOlder();
    const counts = new Map<string, number>();
    for (const { group } of this.begun) counts.set(group, (counts.get(group) ?? 0) + 1);
    return counts;
  }

  private forgetOlder(): void {
    const since = performance.now() - ASKS_MS;
    const first = this.begun.findIndex(({ at }) => at >= since);
    if (first !== 0) this.begun.splice(0, first === -1 ? this.begun.length : first);
  }

  private count(group: string): number {
    return this.atWork.get(group) ?? 0;
  }
}
