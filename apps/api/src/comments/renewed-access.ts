import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/config.js';
import { Queue } from '../queue/queue.service.js';

const LOOK_EVERY_MS = 15_000;

/**
 * Gives failing writes a new chance as soon as their connection has a new token: nobody who has just renewed it should wait
 * for the next attempt, which may be a quarter of an hour away.
 */
@Injectable()
export class RenewedAccess implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('comments');
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly db: DataSource,
    private readonly queue: Queue,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsWorker) this.timer = setInterval(() => this.tick(), LOOK_EVERY_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Makes the writes due that began to fail before the token of their connection was saved, and has them written. */
  async look(): Promise<void> {
    await this.db.transaction(async (manager) => {
      const [woken] = (await manager.query(WAKE)) as [{ connectionId: string; issueId: string }[], number];
      const issues = new Map(woken.map((one) => [`${one.connectionId}:${one.issueId}`, one]));
      for (const [key, issue] of issues) await this.queue.enqueue(manager, 'comments', issue, { key, groupOf: () => issue.connectionId });
    });
  }

  private tick(): void {
    this.looking ??= this.look()
      .catch((error: unknown) => this.log.warn({ err: error }, 'Waiting comments could not be looked at; trying again'))
      .finally(() => (this.looking = undefined));
  }
}

const WAKE = `
  UPDATE issue_writes AS write SET next_attempt_at = now(), attempts = 0, failing_since = NULL
  FROM connections AS connection
  WHERE connection.id = write.connection_id AND write.written_revision < write.revision AND write.gave_up_reason IS NULL
    AND write.failing_since < connection.service_account_saved_at
  RETURNING write.connection_id AS "connectionId", write.issue_id AS "issueId"`;
