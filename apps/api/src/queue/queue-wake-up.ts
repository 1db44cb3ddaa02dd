import { Injectable, Logger } from '@nestjs/common';
import pg from 'pg';

/** Channel on which a commit tells which queue has a new entry. */
export const WAKE_UP_CHANNEL = 'openhands_jira_queue';

/** Listens for new entries on a connection of its own, and connects again when it is lost. A missed wake-up only costs a second. */
@Injectable()
export class QueueWakeUp {
  private readonly log = new Logger('queue');
  private client: pg.Client | undefined;
  private onWake: ((queue: string | null) => void) | undefined;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly url: string) {}

  /** Calls `onWake` with the queue's name, or with null when wake-ups may have been missed. */
  async start(onWake: (queue: string | null) => void): Promise<void> {
    if (this.onWake) return;
    this.onWake = onWake;
    await this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url, application_name: 'openhands-jira-wake-up', keepAlive: true });
    client.on('error', () => undefined);
    client.on('end', () => this.reconnectLater());
    client.on('notification', (message) => this.onWake?.(message.payload ?? null));
    try {
      await client.connect();
      await client.query(`LISTEN ${WAKE_UP_CHANNEL}`);
      this.client = client;
      this.onWake?.(null);
    } catch (error) {
      this.log.warn({ err: error }, 'Listening for new queue entries failed; trying again in a second');
      await client.end().catch(() => undefined);
      // A client that never connected tells no end.
      this.reconnectLater();
    }
  }

  private reconnectLater(): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), 1000);
  }
}
