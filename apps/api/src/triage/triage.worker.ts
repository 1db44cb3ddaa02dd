import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { FailedReason, IgnoredReason } from '@openhands-jira/contracts';
import { type CommentAudience, detectTrigger, type IssueEvent, JiraProblem } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { IssueWrites } from '../comments/issue-writes.service.js';
import { AppConfig } from '../config/config.js';
import { CallsPaused } from '../connections/call-pauses.service.js';
import { Connections } from '../connections/connections.service.js';
import { rulesOf } from '../connections/rules.service.js';
import { Clock } from '../config/clock.js';
import { Deliveries } from '../deliveries/deliveries.service.js';
import type { DeliveryEntity } from '../deliveries/delivery.entity.js';
import { Jiras } from '../jira/jiras.service.js';
import { Queue, RetryLater } from '../queue/queue.service.js';
import { failureOf } from './failure.js';
import { Trace } from './trace.js';
import { Triage } from './triage.service.js';
import { TriggerStore } from './trigger.store.js';

/** Attempts that Jira puts off: the queue does not count these. With the pauses below they last about half an hour. */
const MOST_POSTPONED = 14;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300_000;
/** An outage of half an hour is outlived, with some time to catch up. */
const LONGEST_WAIT_MS = 40 * 60_000;

/** Works the queue of deliveries that need a decision. */
@Injectable()
export class TriageWorker implements OnApplicationBootstrap {
  private readonly log = new Logger('triage');

  constructor(
    private readonly queue: Queue,
    private readonly triage: Triage,
    private readonly deliveries: Deliveries,
    private readonly triggers: TriggerStore,
    private readonly writes: IssueWrites,
    private readonly jiras: Jiras,
    private readonly connections: Connections,
    private readonly db: DataSource,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.runsWorker) return;
    await this.queue.work('triage', ({ deliveryId }) => this.attempt(deliveryId), {
      concurrency: 8,
      beginsWork: true,
      onDead: ({ deliveryId }) => this.giveUp(deliveryId),
    });
  }

  private async attempt(deliveryId: string): Promise<void> {
    try {
      await this.triage.decide(deliveryId);
    } catch (error) {
      await this.rememberFailure(deliveryId, failureOf(error));
      if (error instanceof CallsPaused) return this.waitForJira(deliveryId, error);
      if (!(error instanceof JiraProblem) || error.retryAfterMs === null) throw error;
      await this.comeBackLater(deliveryId, error.retryAfterMs);
    }
  }

  /** Nothing was tried, so it costs no attempt; but nobody waits for a Jira for ever. */
  private async waitForJira(deliveryId: string, paused: CallsPaused): Promise<void> {
    const delivery = await this.deliveries.find(deliveryId);
    if (delivery && this.clock.now().getTime() - delivery.receivedAt.getTime() > LONGEST_WAIT_MS) return this.giveUp(deliveryId);
    throw new RetryLater(paused.leftMs, 'no calls go to this Jira for a moment');
  }

  /** Not before the time that Jira named; with growing pauses all the same, and not for ever. */
  private async comeBackLater(deliveryId: string, retryAfterMs: number): Promise<void> {
    const attempts = (await this.deliveries.find(deliveryId))?.attempts ?? 0;
    if (attempts >= MOST_POSTPONED) return this.giveUp(deliveryId);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.max(attempts - 1, 0), LONGEST_PAUSE_MS);
    throw new RetryLater(Math.max(retryAfterMs, pause), 'Jira asked us to come back later');
  }

  /** Kept as the detail of the pending delivery, so that the last reason is known when all attempts are used up. */
  private async rememberFailure(deliveryId: string, reason: FailedReason | null): Promise<void> {
    if (!reason) return;
    await this.db.query(`UPDATE deliveries SET detail = $2 WHERE id = $1 AND outcome = 'pending'`, [deliveryId, reason]).catch(() => undefined);
  }

  /** All attempts are used up: the delivery fails, a duplicate of it may take over, and the issue is told once. */
  private async giveUp(deliveryId: string): Promise<void> {
    const delivery = await this.deliveries.find(deliveryId);
    if (!delivery || delivery.outcome !== 'pending') return;
    const reason = isFailedReason(delivery.detail) ? delivery.detail : 'internal_error';
    const trace = new Trace(delivery.trace, this.clock);
    const detail = 'It could not be processed, and all attempts are used up.';
    const event = await this.eventOf(delivery);
    const silent = event && (await this.whySilent(delivery, event));
    if (silent) return this.endSilently(delivery, trace, silent);
    const key = await this.triggers.keyOf(delivery.connectionId, delivery.id);
    const watches = await this.onlyWatches(delivery);
    trace.note('outcome', 'error', detail);
    await this.db.transaction(async (manager) => {
      await this.deliveries.settle(manager, delivery.id, { outcome: 'failed', reason, detail, trace: trace.steps });
      if (key) await this.triggers.settle(manager, delivery.connectionId, { key, outcome: 'failed', reason, textHash: null });
      const heir = await this.deliveries.reviveDuplicate(manager, delivery.id);
      // Whoever did not address us, or is heard by another delivery, gets no answer.
      if (heir || !key || !event?.issue || watches) return;
      const message = { kind: 'failure.internal', reason, traceId: delivery.id } as const;
      await this.writes.ensureComment(manager, { key: `failure:${delivery.id}`, connectionId: delivery.connectionId, issueId: event.issue.id, deliveryId: delivery.id, message, audience: claimedAudience(event), quiet: false });
    });
    this.log.error({ deliveryId, reason }, 'A delivery could not be processed');
  }

  /** As long as nobody knows the ids of the service account, each comment that picks a person waits; most of them are not for us. */
  private async whySilent({ connectionId }: DeliveryEntity, event: IssueEvent): Promise<Silence | null> {
    const connection = await this.connections.byId(connectionId);
    const serviceAccountIds = connection?.serviceAccountIds ?? [];
    const verdict = detectTrigger(event, { token: this.config.triggerMention, label: this.config.triggerLabel, serviceAccountIds, ...(connection && { rules: rulesOf(connection) }) });
    if (verdict.kind === 'ignored') return { reason: verdict.reason, detail: verdict.detail };
    const isUnproven = 'via' in verdict.trigger && verdict.trigger.via === 'unproven_picker';
    return isUnproven ? { reason: 'no_mention_no_label', detail: 'The text mentions somebody, and nothing shows that the service account was meant.' } : null;
  }

  private async endSilently(delivery: DeliveryEntity, trace: Trace, { reason, detail }: Silence): Promise<void> {
    trace.note('mention', 'no', detail);
    await this.db.transaction((manager) => this.deliveries.settle(manager, delivery.id, { outcome: 'ignored', reason, detail, trace: trace.steps }));
  }

  /** A connection in shadow writes nothing into Jira. */
  private async onlyWatches({ connectionId }: DeliveryEntity): Promise<boolean> {
    const connection = await this.connections.byId(connectionId);
    return connection !== null && rulesOf(connection).shadow;
  }

  private async eventOf(delivery: DeliveryEntity): Promise<ReturnType<Jiras['readEvent']>> {
    const connection = await this.connections.byId(delivery.connectionId);
    return connection && delivery.body ? this.jiras.readEvent(connection.product, JSON.parse(delivery.body.toString('utf8'))) : null;
  }
}

/** Why nobody in the issue is told. */
interface Silence {
  reason: IgnoredReason;
  detail: string;
}

/**
 * Nobody has read back who may see the answer. The audience that the delivery claims for its comment is never wider than
 * what the author chose; a label may be on a service project, where customers read along, so its answer is internal.
 */
function claimedAudience(event: IssueEvent): CommentAudience {
  return event.comment?.audience ?? { visibility: null, internal: true };
}

const FAILED: readonly string[] = ['service_account_rejected', 'service_account_forbidden', 'jira_unreachable', 'jira_site_renamed', 'jira_rate_limited', 'jira_unexpected_answer', 'git_provider_unreachable', 'internal_error'];

function isFailedReason(text: string | null): text is FailedReason {
  return text !== null && FAILED.includes(text);
}
