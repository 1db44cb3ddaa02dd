import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';

/** Days before the end of a token at which operators are warned; 0: it has ended. */
const WARN_DAYS = [30, 14, 7, 1, 0];

/** One warning, as it is logged. */
export interface TokenWarning {
  connectionId: string;
  site: string;
  /** The step of the warning: so many days are left at most. */
  days: number;
  endsAt: Date;
}

/**
 * Warns of tokens of service accounts that end soon. Which warning was given is remembered in the row, in the statement that
 * finds it, so each is given once, however often and in how many processes this runs. A new token begins anew.
 */
@Injectable()
export class TokenWatch {
  private readonly log = new Logger('connections');

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Gives the warnings that are due, and logs them. */
  async look(): Promise<TokenWarning[]> {
    const [warnings] = await this.db.query<[TokenWarning[], number]>(WARN, [WARN_DAYS, this.clock.now()]);
    for (const warning of warnings) this.log.warn(warning, warning.days === 0 ? 'The token of a service account has ended' : 'The token of a service account ends soon');
    return warnings;
  }
}

const WARN = `
  UPDATE connections c SET token_warned_for = c.service_account_token_expires_at, token_warned_days = due.days
  FROM (
    SELECT id, (SELECT min(days) FROM unnest($1::int[]) AS days WHERE service_account_token_expires_at <= $2::timestamptz + days * interval '1 day') AS days
    FROM connections WHERE status IN ('active', 'paused') AND service_account_token_expires_at IS NOT NULL
  ) due
  WHERE c.id = due.id AND due.days IS NOT NULL
    AND (c.token_warned_for IS DISTINCT FROM c.service_account_token_expires_at OR c.token_warned_days > due.days)
  RETURNING c.id AS "connectionId", c.site, due.days, c.service_account_token_expires_at AS "endsAt"`;
