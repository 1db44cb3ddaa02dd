import { Injectable } from '@nestjs/common';
import type { ConnectionRules, DeliveryReason, JobRepository, RulesExample, RulesPreview } from '@openhands-jira/contracts';
import type { IssueEvent, TriggerSettings } from '@openhands-jira/domain';
import { DataSource, In } from 'typeorm';
import { Users } from '../auth/users.service.js';
import { AppConfig } from '../config/config.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { DeliveryEntity } from '../deliveries/delivery.entity.js';
import { readPayload } from '../deliveries/payload.js';
import { Jiras } from '../jira/jiras.service.js';
import { isChangeable, isWork, type PastDelivery, reasonUnder } from './rules-preview.js';

const MOST_DELIVERIES = 200;
const MOST_EXAMPLES = 20;
/** Payloads are read in groups of this size, so that other requests get their turn, and larger ones not at all. */
const GROUP = 20;
const MOST_STORED_BYTES = 256 * 1024;
const PATIENCE_MS = 2000;

/** What is looked at before any payload. */
interface PastRow {
  id: string;
  issue_key: string | null;
  reason: DeliveryReason;
  event: string;
  has_job: boolean;
  repository: JobRepository | null;
  user_id: string | null;
  email: string | null;
  email_verified: boolean | null;
}

/** What rules that are not saved would have made of the latest deliveries of a connection. Nobody outside is asked. */
@Injectable()
export class RulesPreviews {
  constructor(
    private readonly db: DataSource,
    private readonly jiras: Jiras,
    private readonly users: Users,
    private readonly config: AppConfig,
  ) {}

  async of(connection: ConnectionEntity, rules: ConnectionRules): Promise<RulesPreview> {
    const end = performance.now() + PATIENCE_MS;
    const rows = await this.db.query<PastRow[]>(LATEST, [connection.id, MOST_DELIVERIES, MOST_STORED_BYTES]);
    const preview: RulesPreview = { looked: 0, moreWouldStart: 0, fewerWouldStart: 0, examples: [] };
    for (let from = 0; from < rows.length && performance.now() < end; from += GROUP) {
      const group = rows.slice(from, from + GROUP);
      for (const example of await this.changed(connection, rules, group)) count(preview, example);
      preview.looked += group.length;
    }
    return preview;
  }

  /** Those of a group that would have ended otherwise. */
  private async changed(connection: ConnectionEntity, rules: ConnectionRules, group: PastRow[]): Promise<RulesExample[]> {
    const events = await this.eventsOf(connection, group.filter(({ reason, event }) => isChangeable(reason, event)));
    const settings = this.settingsOf(connection);
    return group.flatMap((row) => {
      const event = events.get(row.id);
      const then = event ? reasonUnder(rules, this.past(connection, row, event), settings) : row.reason;
      return then === row.reason ? [] : [{ deliveryId: row.id, issueKey: row.issue_key, now: row.reason, then }];
    });
  }

  private async eventsOf({ product }: ConnectionEntity, rows: PastRow[]): Promise<Map<string, IssueEvent>> {
    const stored = rows.length === 0 ? [] : await this.db.manager.find(DeliveryEntity, { select: { id: true, body: true }, where: { id: In(rows.map(({ id }) => id)) } });
    const keys = new Map(rows.map((row) => [row.id, row.issue_key]));
    return new Map(stored.flatMap(({ id, body }) => {
      const payload = body && readPayload(body);
      const event = payload && this.jiras.readEvent(product, payload);
      return event ? [[id, withProject(event, keys.get(id) ?? null)] as const] : [];
    }));
  }

  private past({ ownerId }: ConnectionEntity, row: PastRow, event: IssueEvent): PastDelivery {
    const verified = { email: row.email, emailVerified: row.email_verified === true };
    const isManager = row.user_id !== null && (row.user_id === ownerId || this.users.isAdmin(verified));
    const person = row.user_id === null ? null : { verifiedEmail: verified.emailVerified ? row.email : null, isManager };
    return { reason: row.reason, event, repository: row.has_job ? row.repository : undefined, person };
  }

  private settingsOf({ serviceAccountIds }: ConnectionEntity): Omit<TriggerSettings, 'rules'> {
    return { token: this.config.triggerMention, label: this.config.triggerLabel, serviceAccountIds };
  }
}

/** Some deliveries do not tell their issue's key; it was read from Jira since. */
function withProject(event: IssueEvent, issueKey: string | null): IssueEvent {
  if (!event.issue || event.issue.projectKey !== null || issueKey === null) return event;
  return { ...event, issue: { ...event.issue, projectKey: issueKey.replace(/-\d+$/, '') } };
}

function count(preview: RulesPreview, example: RulesExample): void {
  if (isWork(example.then) === isWork(example.now)) return;
  if (isWork(example.then)) preview.moreWouldStart += 1;
  else preview.fewerWouldStart += 1;
  if (preview.examples.length < MOST_EXAMPLES) preview.examples.push(example);
}

/** Payloads are removed after a while, oldest first; so those that still have theirs are among the newest. */
const LATEST = `
  SELECT d.id, d.issue_key, d.reason, d.event, j.id IS NOT NULL AS has_job, j.repository, u.id AS user_id, u.email, u.email_verified
  FROM (SELECT * FROM deliveries WHERE connection_id = $1 ORDER BY id DESC LIMIT 5 * $2) d
  LEFT JOIN jobs j ON j.id = d.job_id
  LEFT JOIN links l ON l.connection_id = d.connection_id AND l.jira_account_id = d.actor_id
  LEFT JOIN users u ON u.id = l.user_id
  WHERE octet_length(d.body) <= $3 AND d.reason IS NOT NULL
  ORDER BY d.id DESC
  LIMIT $2`;
