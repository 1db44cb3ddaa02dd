import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from './connection.entity.js';

/** A refusal may be a hiccup of Jira's sign-in service, so the first pause is short; it grows with the time that the refusal lasts. */
const SHORTEST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

type Row = Pick<ConnectionEntity, 'id' | 'serviceAccountRejectedAt' | 'serviceAccountSavedAt'>;

/** True while Jira refuses the credentials that are saved now. Newly saved ones are innocent. */
export function isRefused({ serviceAccountRejectedAt: rejectedAt, serviceAccountSavedAt: savedAt }: Omit<Row, 'id'>): boolean {
  return rejectedAt !== null && (savedAt === null || savedAt <= rejectedAt);
}

/**
 * Remembers which service accounts Jira refuses. Many deliveries and comments may wait on one connection; if each asked
 * again with a token that is over, Jira would see a storm of wrong sign-ins, and some servers answer that with a captcha. So
 * after a refusal one call at a time finds out whether it is over, in whichever process comes first.
 */
@Injectable()
export class RefusedAccounts {
  private readonly log = new Logger('connections');

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Whether Jira may be asked as this account now. After a refusal yes is said to one caller, then to nobody for a while. */
  async mayAsk(row: Row): Promise<boolean> {
    if (!isRefused(row)) return true;
    const now = this.clock.now();
    const lasted = now.getTime() - row.serviceAccountRejectedAt!.getTime();
    const pause = Math.min(Math.max(lasted, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
    const [claimed] = await this.db.query<[unknown[], number]>(CLAIM, [row.id, now, new Date(now.getTime() - pause)]);
    return claimed.length > 0;
  }

  /** Jira refused the account. */
  async refused(id: string): Promise<void> {
    const [first] = await this.db.query<[{ site: string }[], number]>(REFUSED, [id, this.clock.now()]);
    for (const { site } of first) this.log.warn({ connectionId: id, site }, 'Jira refuses the service account. The connection needs a new token; until then few calls are made');
  }

  /** Jira accepted the account. */
  async accepted({ id, serviceAccountRejectedAt }: Row): Promise<void> {
    if (serviceAccountRejectedAt === null) return;
    await this.db.query('UPDATE connections SET service_account_rejected_at = NULL, service_account_asked_at = NULL WHERE id = $1', [id]);
    this.log.log({ connectionId: id }, 'Jira accepts the service account again');
  }
}

const CLAIM = `
  UPDATE connections SET service_account_asked_at = $2
  WHERE id = $1 AND (service_account_asked_at IS NULL OR service_account_asked_at <= $3)
  RETURNING id`;

/** The first refusal of the saved credentials is remembered; later ones change nothing. */
const REFUSED = `
  UPDATE connections SET service_account_rejected_at = $2, service_account_asked_at = $2
  WHERE id = $1 AND (service_account_rejected_at IS NULL OR service_account_rejected_at < service_account_saved_at)
  RETURNING site`;
