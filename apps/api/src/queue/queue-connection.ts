import { Injectable, Logger } from '@nestjs/common';
import { PgBoss } from 'pg-boss';
import { PLANNING } from '../database/data-source.js';
import { preparingClient } from '../database/prepared-statements.js';

/** How often entries of dead processes are looked for. It takes some twenty statements each time, also when nothing happens. */
const SUPERVISE_SECONDS = 2;

const NAMES_DUE = `
  SELECT name FROM unnest($1::text[]) AS wanted (name)
  WHERE EXISTS (SELECT 1 FROM queue.job_common job WHERE job.name = wanted.name AND job.state < 'active' AND NOT job.blocked AND job.start_after <= now())`;

/** pg-boss on our database, started when somebody first needs it. */
@Injectable()
export class QueueConnection {
  private readonly log = new Logger('queue');
  private started: Promise<PgBoss> | undefined;

  constructor(private readonly url: string, private readonly supervise: boolean) {}

  boss(): Promise<PgBoss> {
    // A start that failed (the database was away) must not be remembered: the next caller tries again.
    this.started ??= this.start().catch((error: unknown) => {
      this.started = undefined;
      throw error;
    });
    return this.started;
  }

  /** Those of the queues that have an entry whose time has come. */
  async namesDue(names: string[]): Promise<string[]> {
    return ((await this.query(NAMES_DUE, [names])) as { name: string }[]).map((row) => row.name);
  }

  /** Sends a statement on one of the queue's own connections, and gives its rows. */
  async query(text: string, values: unknown[] = []): Promise<unknown[]> {
    return (await (await this.boss()).getDb().executeSql(text, values)).rows;
  }

  async close(): Promise<void> {
    const boss = await this.started?.catch(() => undefined);
    await boss?.stop({ graceful: false });
  }

  private async start(): Promise<PgBoss> {
    const boss = new PgBoss({
      connectionString: this.url,
      schema: 'queue',
      application_name: 'openhands-jira-queue',
      max: 4,
      // pg-boss passes this on to its pool.
      ...({ Client: preparingClient(), options: PLANNING } as object),
      migrate: false,
      schedule: false,
      // Watching for entries of dead processes; pg-boss lets one process at a time do it.
      supervise: this.supervise,
      superviseIntervalSeconds: SUPERVISE_SECONDS,
      monitorIntervalSeconds: SUPERVISE_SECONDS,
    });
    // Without a listener an error event would end the process (a restart of PostgreSQL must not).
    boss.on('error', (error) => this.log.warn({ err: error }, 'The queue reports an error'));
    try {
      await boss.start();
    } catch (error) {
      await boss.stop({ graceful: false }).catch(() => undefined);
      throw error;
    }
    return boss;
  }
}
