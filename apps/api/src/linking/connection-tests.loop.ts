import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { Leases } from '../database/leases.js';
import { ConnectionTests } from './connection-tests.service.js';

const ASK_EVERY_MS = 5 * 60_000;
/** So many at most each time, one after the other: after an upgrade all of them are due at once. */
const MOST_AT_ONCE = 50;
/** Longer than any test takes. One whose process died is made again after this time. */
const LEASE_SECONDS = 1800;

/** Has every active connection tested once a day, each by one of the processes that do work. */
@Injectable()
export class ConnectionTestLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('connections');
  private timer: NodeJS.Timeout | undefined;
  private testing: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly config: AppConfig,
    private readonly leases: Leases,
    private readonly tests: ConnectionTests,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsWorker) this.timer = setInterval(() => void this.testWhatIsDue(), ASK_EVERY_MS);
  }

  /** Waits for the test that is under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.testing;
  }

  /** Tests what is due and not tested by another process, unless this one is at it already. */
  testWhatIsDue(): Promise<void> {
    this.testing ??= this.work()
      .catch((error: unknown) => this.log.warn({ err: error }, 'The daily tests of connections could not begin; trying again later'))
      .finally(() => (this.testing = undefined));
    return this.testing;
  }

  private async work(): Promise<void> {
    for (const connectionId of await this.tests.due(MOST_AT_ONCE)) {
      if (this.stopping) return;
      if (await this.leases.take(`connection test ${connectionId}`, LEASE_SECONDS)) await this.test(connectionId);
    }
  }

  /** One that does not come to its end must not keep the others from theirs. */
  private async test(connectionId: string): Promise<void> {
    try {
      await this.tests.runDaily(connectionId);
    } catch (error) {
      this.log.warn({ err: error, connectionId }, 'A connection could not be tested; trying again in half an hour');
    }
  }
}
