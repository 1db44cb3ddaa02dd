import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { FailedReason } from '@openhands-jira/contracts';
import { type CommentAudience, JiraProblem } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { GitProviderUnreachable } from '../git-providers/git-provider.js';
import { IssueWrites } from '../comments/issue-writes.service.js';
import { AppConfig } from '../config/config.js';
import { Connections } from '../connections/connections.service.js';
import { Clock } from '../config/clock.js';
import { Deliveries } from '../deliveries/deliveries.service.js';
import type { DeliveryEntity } from '../deliveries/delivery.entity.js';
import { Jiras } from '../jira/jiras.service.js';
import { Queue, RetryLater } from '../queue/queue.service.js';
import { Trace } from './trace.js';
import { Triage } from './triage.service.js';
import { TriggerStore } from './trigger.store.js';

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
    await this.queue.work('triage', ({ deliveryId }, attempt) => this.attempt(deliveryId, attempt.number), {
      concurrency: 8,
      onDead: ({ deliveryId }) => this.giveUp(deliveryId),
    });
  }

  private async attempt(deliveryId: string, number: number): Promise<void> {
    try {
      await this.triage.decide(deliveryId, number);
    } catch (error) {
      await this.rememberFailure(deliveryId, failureOf(error));
      if (error instanceof JiraProblem && error.retryAfterMs !== null) throw new RetryLater(error.retryAfterMs, 'Jira asked us to come back later');
      throw error;
    }
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
    trace.note('outcome', 'error', detail);
    const issueId = delivery.issueId ?? (await this.issueOf(delivery));
    await this.db.transaction(async (manager) => {
      await this.deliveries.settle(manager, delivery.id, { outcome: 'failed', reason, detail, trace: trace.steps });
      if (delivery.triggerKey) await this.triggers.settle(manager, delivery.connectionId, delivery.triggerKey, { outcome: 'failed', reason, textHash: null });
      const heir = await this.deliveries.reviveDuplicate(manager, delivery.id);
      if (heir || !issueId || !delivery.triggerKey) return;
      const message = { kind: 'failure.internal', reason, traceId: delivery.id } as const;
      // Nobody has read back who may see the comment: the notice says nothing about its content.
      await this.writes.ensureComment(manager, { key: `failure:${delivery.id}`, connectionId: delivery.connectionId, issueId, deliveryId: delivery.id, message, audience: await this.audienceOf(delivery), quiet: false });
    });
    this.log.error({ deliveryId, reason }, 'A delivery could not be processed');
  }

  private async issueOf(delivery: DeliveryEntity): Promise<string | null> {
    return (await this.eventOf(delivery))?.issue?.id ?? null;
  }

  /** The audience that the delivery claims for its comment: never wider than what the author chose. */
  private async audienceOf(delivery: DeliveryEntity): Promise<CommentAudience> {
    return (await this.eventOf(delivery))?.comment?.audience ?? { visibility: null, internal: false };
  }

  private async eventOf(delivery: DeliveryEntity): Promise<ReturnType<Jiras['readEvent']>> {
    const connection = await this.connections.byId(delivery.connectionId);
    return connection && delivery.body ? this.jiras.readEvent(connection.product, JSON.parse(delivery.body.toString('utf8'))) : null;
  }
}

/** Which reason an exception stands for, if it stays so. */
function failureOf(error: unknown): FailedReason | null {
  if (error instanceof JiraProblem) return error.code;
  if (error instanceof GitProviderUnreachable) return 'git_provider_unreachable';
  return error instanceof RetryLater ? null : 'internal_error';
}

const FAILED: readonly string[] = ['service_account_rejected', 'service_account_forbidden', 'jira_unreachable', 'jira_site_renamed', 'jira_rate_limited', 'jira_unexpected_answer', 'git_provider_unreachable', 'internal_error'];

function isFailedReason(text: string | null): text is FailedReason {
  return text !== null && FAILED.includes(text);
}
