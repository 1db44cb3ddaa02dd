import { Injectable, Logger } from '@nestjs/common';
import type { ConnectionRules, Product, TraceStep } from '@openhands-jira/contracts';
import { detectTrigger, eventsInWindow, hasLabel, type IssueEvent, type JiraClient, JiraProblem, type MissedEvent, type RecentIssue, servesProject, type TimeWindow, type TriggerVerdict } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { Connections } from '../connections/connections.service.js';
import { rulesOf } from '../connections/rules.service.js';
import { Intake } from '../deliveries/intake.service.js';
import { Jiras } from '../jira/jiras.service.js';
import { sha256 } from '../security/digest.js';
import { SweepStore } from './sweep.store.js';

const MINUTE_MS = 60_000;
/** A delivery that is only late should come first: what is younger waits for the next search. */
const SETTLED_AFTER_MS = MINUTE_MS;
/** Searches overlap, because our clock and Jira's may differ. */
const OVERLAP_MS = 2 * MINUTE_MS;
/** After a longer outage older requests are left alone: nobody waits for them any more. */
const LONGEST_LOOK_BACK_MS = 72 * 60 * MINUTE_MS;
const MOST_ISSUES = 500;
const MOST_COMMENTS = 100;
/** Issues that may fail in a search that goes on. */
const MOST_UNREAD = 3;

/** The connection that is searched. */
interface Site {
  connectionId: string;
  product: Product;
  serviceAccountIds: string[];
  rules: ConnectionRules;
  client: JiraClient;
}

/**
 * The search for deliveries that never came: Data Center sends each only once, and nobody is there to take them while we are
 * down. Mentions and labels that no delivery told us of become deliveries of the origin `sweep`, and are decided like all
 * others, under the same trigger keys; so a delivery that comes late after all is a duplicate.
 */
@Injectable()
export class Sweep {
  private readonly log = new Logger('triage');

  constructor(
    private readonly store: SweepStore,
    private readonly connections: Connections,
    private readonly jiras: Jiras,
    private readonly intake: Intake,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Searches one connection from where the last search ended. Gives how many requests were found. Throws `JiraProblem`. */
  async run(connectionId: string): Promise<number> {
    const sweptUntil = await this.store.sweptUntil(connectionId);
    const site = await this.siteOf(connectionId);
    if (!sweptUntil || !site) return 0;
    const now = this.clock.now().getTime();
    const window: TimeWindow = {
      from: new Date(Math.max(sweptUntil.getTime() - OVERLAP_MS, now - LONGEST_LOOK_BACK_MS)),
      until: new Date(now - SETTLED_AFTER_MS),
    };
    const issues = await site.client.recentlyUpdated((now - window.from.getTime() + OVERLAP_MS) / MINUTE_MS, MOST_ISSUES);
    const { found, unread } = await this.searchIssues(site, issues, window);
    // What could not be read may hold a request of any moment of this time, so the next search takes the same time again.
    if (unread === 0 || issues.length === MOST_ISSUES) await this.store.advance(connectionId, issues.length < MOST_ISSUES ? window.until : reachedBy(issues, window));
    if (found > 0) this.log.warn({ connectionId, found }, 'Requests were found in Jira that no delivery told us of');
    return found;
  }

  /** An issue that Jira cannot show holds up no other one. When several cannot be shown, it is Jira itself: then the search ends. */
  private async searchIssues(site: Site, issues: RecentIssue[], window: TimeWindow): Promise<{ found: number; unread: number }> {
    let [found, unread] = [0, 0];
    for (const issue of issues) {
      try {
        found += await this.searchIssue(site, issue, window);
      } catch (error) {
        if (!(error instanceof JiraProblem) || unread === MOST_UNREAD || unread + 1 === issues.length) throw error;
        unread += 1;
        this.log.warn({ err: error, connectionId: site.connectionId, issueId: issue.id }, 'An issue could not be searched for requests; the next search tries again');
      }
    }
    return { found, unread };
  }

  private async siteOf(connectionId: string): Promise<Site | null> {
    const connection = await this.connections.byId(connectionId);
    if (connection?.status !== 'active') return null;
    // Where administrators can switch a product off, it is then not looked at, just as its deliveries are not decided.
    const { sharedSite, state } = await this.jiras.product(connection.product).setup();
    if (sharedSite && state !== 'ready') return null;
    const jira = await this.jiras.open(connectionId);
    return jira && { connectionId, product: connection.product, serviceAccountIds: connection.serviceAccountIds, rules: rulesOf(connection), client: jira.client };
  }

  private async searchIssue(site: Site, recent: RecentIssue, window: TimeWindow): Promise<number> {
    if (!servesProject(site.rules, projectOf(recent))) return 0;
    const issue = await this.withText(site, recent, window);
    const comments = await site.client.listComments(issue.id, MOST_COMMENTS);
    // A label that is gone again asks for nothing, so only issues that have it are worth a look at their history.
    const changes = hasLabel(issue.labels, this.config.triggerLabel) ? await site.client.listChanges(issue.id) : [];
    let found = 0;
    for (const missed of eventsInWindow({ issue, comments, changes }, window)) if (await this.takeIn(site, missed)) found += 1;
    return found;
  }

  /** The text of a new issue, where the rules let it address us. */
  private async withText({ client, rules }: Site, recent: RecentIssue, { from }: TimeWindow): Promise<RecentIssue> {
    const isNew = rules.addressInDescription && new Date(recent.created) > from;
    const issue = isNew ? await client.getIssue(recent.id) : null;
    return issue ? { ...recent, text: { summary: issue.summary, description: issue.description } } : recent;
  }

  /** Stores the find as a delivery when it asks for something that no delivery told us. */
  private async takeIn(site: Site, { payload, at }: MissedEvent): Promise<boolean> {
    const body = Buffer.from(JSON.stringify(payload));
    const event = this.jiras.readEvent(site.product, JSON.parse(body.toString('utf8')));
    if (!event?.issue) return false;
    const verdict = detectTrigger(event, { token: this.config.triggerMention, label: this.config.triggerLabel, serviceAccountIds: site.serviceAccountIds, rules: site.rules });
    if (verdict.kind !== 'trigger') return false;
    const { key } = verdict.trigger;
    if (await this.store.isKnown({ connectionId: site.connectionId, triggerKey: key, issueId: event.issue.id, at })) return false;
    const accepted = await this.intake.accept({
      ...this.describe(event, verdict), connectionId: site.connectionId, body, bodyHash: sha256(body), triggerKey: key,
      origin: 'sweep', originDeliveryId: null, identifier: null, headers: {}, signedWith: 'current', outcome: 'pending', reason: null, detail: null,
    });
    return accepted.outcome === 'pending';
  }

  private describe(event: IssueEvent, verdict: TriggerVerdict): { event: string; issueId: string | null; issueKey: string | null; actorId: string | null; actorName: string | null; receivedAt: Date; trace: TraceStep[] } {
    const receivedAt = this.clock.now();
    const at = receivedAt.toISOString();
    const first: TraceStep = { step: 'sweep', result: 'info', detail: 'No delivery told us of this. It was found by a search in Jira.', at };
    return {
      event: event.name,
      issueId: event.issue?.id ?? null,
      issueKey: event.issue?.key ?? null,
      actorId: event.actor?.id || null,
      actorName: event.actor?.displayName || null,
      receivedAt,
      trace: [first, ...verdict.trace.map((step) => ({ ...step, at }))],
    };
  }
}

function projectOf({ key }: RecentIssue): string {
  return key.replace(/-\d+$/, '');
}

/** There were more issues than one search takes: the next goes on at the last of them, and at least a minute further. */
function reachedBy(issues: RecentIssue[], window: TimeWindow): Date {
  const last = Date.parse(issues.at(-1)!.updated);
  const least = window.from.getTime() + OVERLAP_MS + MINUTE_MS;
  return new Date(Math.min(Math.max(Number.isNaN(last) ? 0 : last, least), window.until.getTime()));
}
