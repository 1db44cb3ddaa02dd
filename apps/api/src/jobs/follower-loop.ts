import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Follower } from './follower.js';
import { FollowPlan } from './follow-plan.js';
import { JobLimits } from './job-limits.js';

/** Waiting jobs are woken when another ends; this is the backstop for changed limits and lost entries. */
const WAKE_EVERY_TICKS = 30;

/** When many runs are due, we ask so many times as often for a part of them each: all at once they would hold up everything else in this process. */
const TICKS_OF_MANY = 5;

/** Keeps the follower going in a worker process. A tick does not wait for the one before: slow accounts are skipped. */
@Injectable()
export class FollowerLoop {
  private readonly log = new Logger('jobs');
  private readonly working = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private waking: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: DataSource,
    private readonly follower: Follower,
    private readonly limits: JobLimits,
    private readonly plan: FollowPlan,
  ) {}

  start(): void {
    this.waking = setInterval(() => this.work(() => this.limits.wakeWaiting(this.db.manager)), this.plan.tickMs * WAKE_EVERY_TICKS);
    this.tickLater();
  }

  private tickLater(): void {
    this.timer = setTimeout(() => {
      this.tickLater();
      this.work(() => this.follower.tick());
    }, this.follower.foundMany ? this.plan.tickMs / TICKS_OF_MANY : this.plan.tickMs);
  }

  /** Stops asking, and waits for what is being looked at. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    clearInterval(this.waking);
    this.follower.stop();
    await Promise.all(this.working);
  }

  private work(step: () => Promise<unknown>): void {
    const work: Promise<void> = step()
      .then(() => undefined, (error: unknown) => this.log.warn({ err: error }, 'Running jobs could not be looked at; trying again'))
      .finally(() => this.working.delete(work));
    this.working.add(work);
  }
}
