import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';

const COMPARE_EVERY_MS = 60_000;
/** Differences up to this are those of the comparison itself. */
const WORTH_MS = 1000;

/**
 * The clock of the database is that of all replicas: times that one of them stores are read by the others. So the `Clock` of each
 * process follows it, however wrong the clock of its machine is.
 */
@Injectable()
export class DatabaseTime implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new Logger('database');
  private timer: NodeJS.Timeout | undefined;
  private correctionMs = 0;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Before anything works or answers. */
  async onModuleInit(): Promise<void> {
    await this.compare();
    this.timer = setInterval(() => void this.compare(), COMPARE_EVERY_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async compare(): Promise<void> {
    try {
      const asked = performance.now();
      const [row] = await this.db.query<{ now: number }[]>('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now');
      const tookMs = performance.now() - asked;
      // An answer that took long says nothing about the moment it was made.
      if (tookMs < WORTH_MS) this.follow(row!.now + tookMs / 2 - Date.now());
    } catch (error) {
      this.log.warn({ err: error }, 'The clock could not be compared with that of the database; trying again in a minute');
    }
  }

  private follow(differenceMs: number): void {
    const correctionMs = Math.abs(differenceMs) < WORTH_MS ? 0 : Math.round(differenceMs);
    if (Math.abs(correctionMs - this.correctionMs) < WORTH_MS) return;
    this.correctionMs = correctionMs;
    this.clock.correct(correctionMs);
    this.log.warn({ seconds: Math.round(correctionMs / 1000) }, 'The clock of this machine differs from that of the database, which counts');
  }
}
