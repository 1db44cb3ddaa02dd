import { Injectable, Logger } from '@nestjs/common';
import { REASON_TEXTS } from '@openhands-jira/domain';
import { DataSource, type EntityManager } from 'typeorm';
import { IssueWrites } from '../comments/issue-writes.service.js';
import { Clock } from '../config/clock.js';
import { isForWantOfLink, noteLostRequest } from '../connections/unlinked-accounts.service.js';
import { Deliveries } from '../deliveries/deliveries.service.js';
import type { DeliveryEntity } from '../deliveries/delivery.entity.js';
import { sha256 } from '../security/digest.js';
import type { Question, Request } from './context.js';
import type { Decision } from './decision.js';
import type { Trace } from './trace.js';
import { TriggerStore } from './trigger.store.js';

/** The end of a decision: delivery, trigger, and what follows from it, in one transaction. */
@Injectable()
export class Settlements {
  private readonly log = new Logger('triage');

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly deliveries: Deliveries,
    private readonly triggers: TriggerStore,
    private readonly writes: IssueWrites,
  ) {}

  async settle(delivery: DeliveryEntity, decision: Decision, trace: Trace, question?: Question | Request): Promise<void> {
    trace.note('outcome', decision.outcome === 'job' ? 'yes' : 'no', `${REASON_TEXTS[decision.reason].title}.`);
    const request = question && 'actor' in question ? question : undefined;
    const decided = await this.db.transaction(async (manager) => {
      if (!(await this.deliveries.holdPending(manager, delivery.id))) return null;
      const jobId = decision.outcome === 'job' ? await decision.effect(manager) : null;
      if (decision.outcome === 'refused' && decision.message && request) await this.tell(manager, request, decision);
      if (request) await noteIfLost(manager, request, decision);
      await this.deliveries.settle(manager, delivery.id, {
        outcome: decision.outcome,
        reason: decision.reason,
        detail: decision.detail,
        jobId,
        duplicateOf: decision.outcome === 'ignored' ? (decision.duplicateOf ?? null) : null,
        trace: trace.steps,
        attempted: true,
        actor: request ? { id: request.actor.id, displayName: request.actor.displayName } : null,
        issue: request ? { id: request.issue.id, key: request.issue.key } : null,
      });
      if (question && decision.reason !== 'duplicate_trigger') {
        const textHash = question.event.comment ? sha256(question.event.comment.body) : null;
        await this.triggers.settle(manager, delivery.connectionId, question.trigger.key, { outcome: decision.outcome, reason: decision.reason, textHash });
      }
      return { outcome: decision.outcome, reason: decision.reason, ...(jobId && { jobId }) };
    });
    if (decided) this.log.log({ deliveryId: delivery.id, ...decided }, 'A delivery was decided');
  }

  private async tell(manager: Parameters<IssueWrites['ensureRefusal']>[0], request: Request, decision: Extract<Decision, { outcome: 'refused' }>): Promise<void> {
    await this.writes.ensureRefusal(manager, {
      connectionId: request.connection.id,
      issueId: request.issue.id,
      deliveryId: request.delivery.id,
      personId: request.actor.id,
      message: decision.message!,
      audience: request.audience,
      at: this.clock.now(),
    });
  }
}

/** What the person asked for is lost until they link their account; what is only decided again was lost before. */
async function noteIfLost(manager: EntityManager, { connection, delivery, actor }: Request, { reason, detail }: Decision): Promise<void> {
  if (!isForWantOfLink(reason) || delivery.origin === 'replay') return;
  await noteLostRequest(manager, { connectionId: connection.id, actor, reason, detail, deliveryId: delivery.id, at: delivery.receivedAt });
}
