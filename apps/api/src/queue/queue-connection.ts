import { Injectable, Logger } from '@nestjs/common';
import { PgBoss } from 'pg-boss';

/** pg-boss on our database, started when somebody first needs it. */
@Injectable()
export class QueueConnection {
  private readonly log = new Logger('queue');
  private started: Promise<PgBoss> | undefined;

  constructor(private readonly url: string, private readonly supervise: boolean) {}

  boss(): Promise<PgBoss> {
    this.started ??= this.start();
    return this.started;
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
      migrate: false,
      schedule: false,
      // Watching for entries of dead processes; pg-boss lets one process at a time do it.
      supervise: this.supervise,
      superviseIntervalSeconds: 2,
      monitorIntervalSeconds: 2,
    });
    // Without a listener an error event would end the process (a restart of PostgreSQL must not).
    boss.on('error', (error) => this.log.warn({ err: error }, 'The queue reports an error'));
    await boss.start();
    return boss;
  }
}
