import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { RETENTION_RULES, type RetentionRule } from './retention.rules.js';

const DAY_MS = 24 * 3_600_000;
const BATCH = 500;

/** Removes what is older than the configuration allows, in small batches. */
@Injectable()
export class Retention {
  private readonly log = new Logger('retention');

  constructor(
    private readonly db: DataSource,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Applies every rule; gives the number of rows by its name. `isStopping` is asked after each batch. */
  async run(isStopping: () => boolean = () => false): Promise<Record<string, number>> {
    const removed: Record<string, number> = {};
    for (const rule of RETENTION_RULES) removed[rule.name] = await this.apply(rule, isStopping);
    if (Object.values(removed).some((count) => count > 0)) this.log.log({ removed }, 'Removed what is no longer kept');
    return removed;
  }

  private async apply(rule: RetentionRule, isStopping: () => boolean): Promise<number> {
    const before = new Date(this.clock.now().getTime() - rule.days(this.config) * DAY_MS);
    let removed = 0;
    for (let more = true; more && !isStopping(); ) {
      const [, count] = (await this.db.query(rule.sql, [before, BATCH])) as [unknown[], number];
      removed += count;
      more = count === BATCH;
    }
    return removed;
  }
}
