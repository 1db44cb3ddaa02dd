import { Injectable } from '@nestjs/common';
import type { DeliveryOutcome, DeliveryReason, HealthCheck } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { firstIdOf } from '../database/uuid.js';
import { unpackBody } from '../deliveries/body-storage.js';
import { readPayload } from '../deliveries/payload.js';
import { Jiras } from '../jira/jiras.service.js';

/** How far back is looked. */
const DAYS = 7;
/** Of a busy connection the newest deliveries tell enough, and counting them all would take long. */
const MOST = 1000;
/** The most frequent reasons that are named. */
const NAMED = 4;
/** Payloads that are read again to see whether they show addresses, and the longest that is read. */
const READ = 50;
const LONGEST_BYTES = 64 * 1024;

/** What the test of a connection says about what became of the deliveries that were let in: jobs or not, and whether Jira shows e-mail addresses. */
@Injectable()
export class DeliveryOutcomes {
  constructor(
    private readonly db: DataSource,
    private readonly jiras: Jiras,
    private readonly clock: Clock,
  ) {}

  async of(row: ConnectionEntity): Promise<HealthCheck[]> {
    const first = firstIdOf(new Date(this.clock.now().getTime() - DAYS * 24 * 3_600_000));
    const [ends, method] = await Promise.all([this.db.query<End[]>(ENDS, [row.id, first, MOST]), this.jiras.linkMethod(row)]);
    return [noJob(ends), hiddenEmails(await this.shownAddresses(row, first), method)];
  }

  /** For each event that people caused, whether it shows the person's address. */
  private async shownAddresses({ id, product }: ConnectionEntity, first: string): Promise<boolean[]> {
    const rows = await this.db.query<{ body: Buffer }[]>(BODIES, [id, first, READ, LONGEST_BYTES]);
    const events = rows.map(({ body }) => this.jiras.readEvent(product, readPayload(unpackBody(body))));
    return events.flatMap((event) => (event?.actor?.kind === 'person' ? [Boolean(event.actor.emailAddress)] : []));
  }
}

interface End {
  outcome: DeliveryOutcome;
  reason: DeliveryReason | null;
  count: number;
}

/** What was run again, and what our own search found, Jira did not send. */
const ENDS = `
  SELECT outcome, reason, count(*)::int AS count
  FROM (SELECT outcome, reason FROM deliveries WHERE connection_id = $1 AND id >= $2::uuid AND origin = 'webhook' ORDER BY id DESC LIMIT $3) newest
  GROUP BY outcome, reason ORDER BY 3 DESC, 2`;

const BODIES = `
  SELECT body FROM (SELECT body, actor_id FROM deliveries WHERE connection_id = $1 AND id >= $2::uuid AND origin = 'webhook' ORDER BY id DESC LIMIT $3) newest
  WHERE body IS NOT NULL AND actor_id IS NOT NULL AND octet_length(body) <= $4`;

/** It fails when somebody asked for work and nobody got any. */
function noJob(ends: End[]): HealthCheck {
  const count = (...wanted: DeliveryOutcome[]): number => ends.filter(({ outcome }) => wanted.includes(outcome)).reduce((sum, end) => sum + end.count, 0);
  const all = ends.reduce((sum, end) => sum + end.count, 0);
  if (all === 0) return { check: 'no_job', result: 'unknown', detail: `No delivery came in the last ${DAYS} days.`, hint: '', at: null };
  const [jobs, notDone] = [count('job'), count('refused', 'failed')];
  const detail = `${all === MOST ? 'Newest deliveries' : 'Deliveries'} of the last ${DAYS} days: ${all}. Taken up were ${jobs}, ignored ${count('ignored')}, refused ${count('refused')}, failed ${count('failed')}.`;
  const reasons = ends.flatMap(({ outcome, reason, count: times }) => (outcome !== 'job' && reason !== null ? [{ outcome, reason, count: times }] : [])).slice(0, NAMED);
  const result = jobs > 0 ? 'pass' : notDone > 0 ? 'fail' : 'unknown';
  return { check: 'no_job', result, detail, hint: jobs > 0 ? '' : 'The most frequent reasons are below. Each leads to its deliveries, where every step of the decision is told.', at: null, reasons };
}

/** Hidden addresses matter only where people are matched by them. */
function hiddenEmails(shown: boolean[], method: 'oauth' | 'email'): HealthCheck {
  if (shown.length === 0) return { check: 'hidden_emails', result: 'unknown', detail: `No event of a person came in the last ${DAYS} days.`, hint: '', at: null };
  const hidden = shown.filter((one) => !one).length;
  const share = Math.round((hidden / shown.length) * 100);
  const detail = `In ${hidden} of the newest ${shown.length} events (${share} %) Jira shows no e-mail address of the person.`;
  if (method === 'oauth') return { check: 'hidden_emails', result: 'pass', detail: `${detail} That does no harm: people link with OAuth.`, hint: '', at: null };
  const asked = `${detail} The address is then asked for with the service account.`;
  return { check: 'hidden_emails', result: hidden === 0 ? 'pass' : 'unknown', detail: asked, hint: hidden === 0 ? '' : 'People are matched by e-mail address. Where Jira shows the service account none either, the person is told so; OAuth works also with hidden addresses.', at: null };
}
