import { Injectable } from '@nestjs/common';
import type { HealthCheck, RejectedReason } from '@openhands-jira/contracts';
import { REASON_TEXTS } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { firstIdOf } from '../database/uuid.js';
import { RejectedCalls, type RejectedCount } from '../deliveries/rejected-calls.service.js';
import { DeliveryOutcomes } from './delivery-outcomes.js';

const DAY_MS = 24 * 3_600_000;
/** Silence of this length is longer than a weekend and a holiday; a webhook that somebody switched off looks the same. */
const SILENT_DAYS = 7;
const NOTHING_CAME = 'Write a comment in any issue of this Jira. If nothing comes, check in Jira that the webhook is enabled and has the URL of this connection, and that Jira can reach it.';

/** What the test of a connection says about the calls that Jira makes: the last one let in, the last one turned away, and how many of each. */
@Injectable()
export class DeliveryChecks {
  constructor(
    private readonly db: DataSource,
    private readonly rejected: RejectedCalls,
    private readonly outcomes: DeliveryOutcomes,
    private readonly clock: Clock,
  ) {}

  /** The last line is about the installation, for administrators: calls that name no connection. */
  async of(row: ConnectionEntity): Promise<HealthCheck[]> {
    const { id, status, lastDeliveryAt } = row;
    const now = this.clock.now();
    const since = new Date(now.getTime() - DAY_MS);
    const [turnedAway, counts, mine, nobodys, outcomes] = await Promise.all([this.rejected.latest(id, null), this.counts(id, since), this.rejected.countsSince(id, since), this.rejected.countsSince(null, since), this.outcomes.of(row)]);
    return [
      lastAccepted(lastDeliveryAt, status === 'active' ? now : null), lastRejected(turnedAway, lastDeliveryAt), refusals(counts.accepted, mine), signingSecret(counts),
      ...outcomes, unknownCalls(nobodys),
    ];
  }

  private async counts(connectionId: string, since: Date): Promise<Counts> {
    const [row] = await this.db.query<[Counts]>(COUNTS, [connectionId, firstIdOf(since)]);
    return row;
  }
}

/** Of the last 24 hours. */
interface Counts {
  accepted: number;
  /** Signed with the previous secret. */
  previous: number;
  /** How the newest one was signed; null when there is none. */
  newest: 'current' | 'previous' | null;
}

/** What was run again, and what our own search found, Jira did not send. */
const COUNTS = `
  SELECT count(*)::int AS accepted, count(*) FILTER (WHERE signed_with = 'previous')::int AS previous, (array_agg(signed_with ORDER BY id DESC))[1] AS newest
  FROM deliveries WHERE connection_id = $1 AND id >= $2::uuid AND origin = 'webhook'`;

/** `now` is null while nothing is expected to come. */
function lastAccepted(at: Date | null, now: Date | null): HealthCheck {
  if (at === null) return { check: 'last_accepted', result: 'unknown', detail: 'Nothing has come from Jira yet.', hint: NOTHING_CAME, at: null };
  const silentDays = now === null ? 0 : Math.floor((now.getTime() - at.getTime()) / DAY_MS);
  if (silentDays >= SILENT_DAYS) return { check: 'last_accepted', result: 'unknown', detail: `Deliveries came before, but none for ${silentDays} days. Either nothing happened in Jira, or its webhook no longer calls.`, hint: NOTHING_CAME, at: at.toISOString() };
  return { check: 'last_accepted', result: 'pass', detail: 'The last delivery was let in.', hint: '', at: at.toISOString() };
}

/** It is a failure while nothing was let in since. */
function lastRejected(latest: { reason: RejectedReason; at: Date } | null, accepted: Date | null): HealthCheck {
  if (latest === null) return { check: 'last_rejected', result: 'pass', detail: 'No call to this connection is known that was turned away.', hint: '', at: null };
  const { title, hint } = REASON_TEXTS[latest.reason];
  const isOver = accepted !== null && accepted > latest.at;
  const detail = `${title}. ${isOver ? 'Deliveries were let in since.' : 'Nothing was let in since.'}`;
  return { check: 'last_rejected', result: isOver ? 'pass' : 'fail', detail, hint: isOver ? '' : hint, at: latest.at.toISOString() };
}

function refusals(accepted: number, reasons: RejectedCount[]): HealthCheck {
  const rejected = sum(reasons);
  const all = accepted + rejected;
  if (all === 0) return { check: 'refusals', result: 'unknown', detail: 'No call came in the last 24 hours.', hint: '', at: null };
  if (rejected === 0) return { check: 'refusals', result: 'pass', detail: `Let in were all calls of the last 24 hours: ${all}.`, hint: '', at: null };
  const share = Math.ceil((rejected / all) * 100);
  const hint = 'Activity lists the reasons. If some calls are let in and others not, two webhooks may have this address with different secrets.';
  return { check: 'refusals', result: 'fail', detail: `${rejected} of ${all} calls of the last 24 hours (${share} %) were turned away. ${counted(reasons)}`, hint, at: null };
}

/** It fails while Jira goes on signing with the previous secret: when its time is over, nothing is let in any more. */
function signingSecret({ accepted, previous, newest }: Counts): HealthCheck {
  if (newest === null) return { check: 'signing_secret', result: 'unknown', detail: 'No delivery came in the last 24 hours.', hint: '', at: null };
  if (previous === 0) return { check: 'signing_secret', result: 'pass', detail: `Signed with the present secret were all deliveries of the last 24 hours: ${accepted}.`, hint: '', at: null };
  const detail = `${previous} of ${accepted} deliveries of the last 24 hours were signed with the previous secret.`;
  if (newest === 'current') return { check: 'signing_secret', result: 'pass', detail: `${detail} The newest one was signed with the present secret.`, hint: '', at: null };
  return { check: 'signing_secret', result: 'fail', detail: `${detail} So was the newest one.`, hint: 'Enter the present secret in the webhook in Jira. The previous one is accepted only for a while.', at: null };
}

/** Whose calls they are cannot be told: the address names no connection, or none of those that it names fits. */
function unknownCalls(reasons: RejectedCount[]): HealthCheck {
  if (reasons.length === 0) return { check: 'unknown_calls', result: 'pass', detail: 'No call to an address without a connection came in the last 24 hours.', hint: '', at: null };
  const detail = `Calls of the last 24 hours that belong to no connection of this installation: ${sum(reasons)}. ${counted(reasons)}`;
  return { check: 'unknown_calls', result: 'unknown', detail, hint: 'A webhook in some Jira may have the URL of a connection that was removed, or a wrong secret at the address that all sites share. Strangers cause such calls, too.', at: null };
}

function sum(reasons: RejectedCount[]): number {
  return reasons.reduce((all, { count }) => all + count, 0);
}

/** How often each reason occurred, in words. */
function counted(reasons: RejectedCount[]): string {
  return `${reasons.map(({ reason, count }) => `${REASON_TEXTS[reason].title}: ${count}`).join('. ')}.`;
}
