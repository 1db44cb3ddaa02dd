import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { Leases } from '../database/leases.js';
import { Sweep } from './sweep.service.js';
import { SweepStore } from './sweep.store.js';

const TICK_MS = 60_000;
/** A connection is searched again after this time, by whichever worker comes first. */
const EVERY_SECONDS = 5 * 60;

/** Has every active connection searched every few minutes, each by one worker; soon after a start too. */
@Injectable()
export class SweepLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('triage');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly sweep: Sweep,
    private readonly store: SweepStore,
    private readonly leases: Leases,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsWorker) this.timer = setInterval(() => this.begin(), TICK_MS);
  }

  /** Waits for the connection that is being searched. */
  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.working;
  }

  /** Searches the connections whose time it is. One that fails is searched from the same place the next time. */
  async tick(): Promise<void> {
    for (const connectionId of await this.store.connections()) {
      if (this.stopped) return;
      if (await this.leases.take(`sweep:${connectionId}`, EVERY_SECONDS)) await this.search(connectionId);
    }
  }

  private begin(): void {
    this.working ??= this.tick()
      .catch((error: unknown) => this.log.warn({ err: error }, 'The search for missed deliveries could not begin; trying again in a minute'))
      .finally(() => (this.working = undefined));
  }

  private async search(connectionId: string): Promise<void> {
    try {
      await this.sweep.run(connectionId);
    } catch (error) {
      this.log.warn({ err: error, connectionId }, 'A connection could not be searched for missed deliveries; trying again in a few minutes');
    }
  }
}
