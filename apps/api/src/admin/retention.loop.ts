import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { Leases } from '../database/leases.js';
import { Retention } from './retention.service.js';

const ASK_EVERY_MS = 5 * 60_000;
const HOUR_SECONDS = 3600;

/** Once an hour, in one of the processes that do work: each asks now and then whether it is due. */
@Injectable()
export class RetentionLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('retention');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly config: AppConfig,
    private readonly leases: Leases,
    private readonly retention: Retention,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsWorker) this.timer = setInterval(() => void this.runIfDue(), ASK_EVERY_MS);
  }

  /** Finishes the batch that is under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Removes what is due, if no other process did within the hour and this one is not at it. */
  runIfDue(): Promise<void> {
    this.running ??= this.work().finally(() => (this.running = undefined));
    return this.running;
  }

  private async work(): Promise<void> {
    try {
      if (await this.leases.take('retention', HOUR_SECONDS)) await this.retention.run(() => this.stopping);
    } catch (error) {
      this.log.warn({ err: error }, 'Old rows could not be removed; trying again later');
    }
  }
}
