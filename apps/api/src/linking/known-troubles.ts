import { Injectable } from '@nestjs/common';
import { CHECKS_TOLD_ELSEWHERE, type HealthCheck, type Integration, type RejectedReason } from '@openhands-jira/contracts';
import { REASON_TEXTS } from '@openhands-jira/domain';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { RejectedCalls } from '../deliveries/rejected-calls.service.js';
import { ConnectionChecks } from './connection-checks.js';
import { ConnectionTestStore } from './connection-test.store.js';

type Reason = Integration['reasons'][number];

/** A test that is older was not repeated, for example because the connection was paused: it says nothing about now. */
const TEST_COUNTS_MS = 48 * 3_600_000;
/** Reasons that say already that the service account does not get in. */
const SAID_BY_TOKEN: readonly string[] = ['token_refused', 'token_expired'];

/** What went wrong on a connection and is not in its record: calls of Jira that are not let in, and a test that failed. For those who look after it. */
@Injectable()
export class KnownTroubles {
  constructor(
    private readonly rejected: RejectedCalls,
    private readonly tests: ConnectionTestStore,
    private readonly checks: ConnectionChecks,
    private readonly clock: Clock,
  ) {}

  /** The state and reasons with these troubles. */
  async addTo<Seen extends Pick<Integration, 'state' | 'reasons'>>(seen: Seen, caller: { isAdmin: boolean }, row: ConnectionEntity): Promise<Seen> {
    const [rejected, failed] = await Promise.all([this.rejectedCalls(seen, row), this.failedCheck(seen, caller, row)]);
    const known = rejected ? seen.reasons.filter((one) => one.code !== 'no_delivery_yet') : seen.reasons;
    return { ...seen, state: failed ? 'degraded' : seen.state, reasons: [...(rejected ? [rejected] : []), ...(failed ? [failed] : []), ...known] };
  }

  /** Jira calls and is not let in: that must be heard before "nothing has come yet". */
  private async rejectedCalls({ state }: Pick<Integration, 'state'>, row: ConnectionEntity): Promise<Reason | null> {
    if (!['active', 'setup_incomplete'].includes(state)) return null;
    const rejected = await this.rejected.latest(row.id, row.lastDeliveryAt);
    return rejected && { code: 'deliveries_rejected', detail: row.status === 'inactive' ? STILL_CALLED : rejectedWords(rejected.reason) };
  }

  private async failedCheck({ state, reasons }: Pick<Integration, 'state' | 'reasons'>, caller: { isAdmin: boolean }, row: ConnectionEntity): Promise<Reason | null> {
    if (!['active', 'degraded'].includes(state) || reasons.some(({ code }) => SAID_BY_TOKEN.includes(code))) return null;
    const test = await this.tests.latest(row.id, sinceWhen(row, this.clock.now()));
    const failed = test && this.checks.toldTo(caller, row, test.items).find(isTroubling);
    return failed ? { code: 'check_failed', detail: `The latest test of this connection failed. ${failed.detail} ${failed.hint}`.trimEnd() } : null;
  }
}

/** Whether it fails, and no other reason tells of it. */
function isTroubling({ check, result }: HealthCheck): boolean {
  return result === 'fail' && !(CHECKS_TOLD_ELSEWHERE as readonly string[]).includes(check);
}

/** What was found with other credentials is over. */
function sinceWhen({ serviceAccountSavedAt: savedAt }: ConnectionEntity, now: Date): Date {
  return new Date(Math.max(now.getTime() - TEST_COUNTS_MS, savedAt?.getTime() ?? 0));
}

const STILL_CALLED = 'Jira still calls the address of this connection, which was removed. Set the webhook up again, or delete it in Jira.';

function rejectedWords(code: RejectedReason): string {
  const { title, hint } = REASON_TEXTS[code];
  return `Jira sends deliveries, but they are not let in: ${title.charAt(0).toLowerCase()}${title.slice(1)}. ${hint}`;
}
