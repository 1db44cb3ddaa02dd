import { Injectable } from '@nestjs/common';
import type { HealthCheck, RejectedReason } from '@openhands-jira/contracts';
import { REASON_TEXTS } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { firstIdOf } from '../database/uuid.js';
import { RejectedCalls } from '../deliveries/rejected-calls.service.js';

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
    private readonly clock: Clock,
  ) {}

  async of({ id, status, lastDeliveryAt }: ConnectionEntity): Promise<HealthCheck[]> {
    const now = this.clock.now();
    const since = new Date(now.getTime() - DAY_MS);
    const [turnedAway, counts] = await Promise.all([this.rejected.latest(id, null), this.counts(id, since)]);
    return [lastAccepted(lastDeliveryAt, status === 'active' ? now : null), lastRejected(turnedAway, lastDeliveryAt), refusals(counts)];
  }

  /** Counters of rejected calls are kept by the hour, so theirs is the hour in which the day began. */
  private async counts(connectionId: string, since: Date): Promise<Counts> {
    const [row] = await this.db.query<[Counts]>(COUNTS, [connectionId, firstIdOf(since), since]);
    return row;
  }
}

interface Counts {
  accepted: number;
  rejected: number;
}

/** What was run again, and what our own search found, Jira did not send. */
const COUNTS = `
  SELECT (SELECT count(*)::int FROM deliveries WHERE connection_id = $1 AND id >= $2::uuid AND origin = 'webhook') AS accepted,
         (SELECT coalesce(sum(count), 0)::int FROM rejected_calls WHERE connection_id = $1 AND hour >= date_trunc('hour', $3::timestamptz)) AS rejected`;

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

function refusals({ accepted, rejected }: Counts): HealthCheck {
  const all = accepted + rejected;
  if (all === 0) return { check: 'refusals', result: 'unknown', detail: 'No call came in the last 24 hours.', hint: '', at: null };
  const share = Math.ceil((rejected / all) * 100);
  const detail = rejected === 0 ? `Let in were all calls of the last 24 hours: ${all}.` : `${rejected} of ${all} calls of the last 24 hours (${share} %) were turned away.`;
  const hint = rejected === 0 ? '' : 'Activity lists the reasons. If some calls are let in and others not, two webhooks may have this address with different secrets.';
  return { check: 'refusals', result: rejected === 0 ? 'pass' : 'fail', detail, hint, at: null };
}
