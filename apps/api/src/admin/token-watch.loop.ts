import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { Leases } from '../database/leases.js';
import { Jiras } from '../jira/jiras.service.js';
import { TokenWatch } from './token-watch.service.js';

const ASK_EVERY_MS = 10 * 60_000;
const DAY_SECONDS = 24 * 3600;

/** Once a day, in one of the processes that do work: each asks now and then whether it is due. */
@Injectable()
export class TokenWatchLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('connections');
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly leases: Leases,
    private readonly jiras: Jiras,
    private readonly watch: TokenWatch,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsWorker) this.timer = setInterval(() => void this.lookIfDue(), ASK_EVERY_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Looks, if no other process did within the day and this one is not at it. */
  lookIfDue(): Promise<void> {
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async look(): Promise<void> {
    try {
      if (!(await this.leases.take('token watch', DAY_SECONDS))) return;
      await this.jiras.readTokenEnds();
      await this.watch.look();
    } catch (error) {
      this.log.warn({ err: error }, 'The ends of tokens could not be looked at; trying again later');
    }
  }
}
