import { Injectable, Logger } from '@nestjs/common';
import { REASON_TEXTS } from '@openhands-jira/domain';
import { DataSource, type EntityManager } from 'typeorm';
import { IssueWrites } from '../comments/issue-writes.service.js';
import { Clock } from '../config/clock.js';
import { isForWantOfLink, noteLostRequest } from '../connections/unlinked-accounts.service.js';
import { Changes } from '../database/changes.js';
import { Deliveries, pendingDelivery, type Settlement } from '../deliveries/deliveries.service.js';
import type { DeliveryEntity } from '../deliveries/delivery.entity.js';
import { sha256 } from '../security/digest.js';
import type { Question, Request } from './context.js';
import type { Decision } from './decision.js';
import type { Trace } from './trace.js';
import { type TriggerEnd, TriggerStore } from './trigger.store.js';

/** The end of a decision: delivery, trigger, and what follows from it, as one statement or in one transaction. */
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
    const end = this.endOf(decision, trace, request);
    const memory = question && decision.reason !== 'duplicate_trigger' ? memoryOf(question, decision) : null;
    const decided = (await this.settleAtOnce(delivery, decision, end, memory)) ?? (await this.settleInTransaction(delivery, decision, end, memory, request));
    if (decided) this.log.log({ deliveryId: delivery.id, ...decided }, 'A delivery was decided');
  }

  /** With one statement, where nothing has to be read in between. Null when that is not so, or something is in the way. */
  private async settleAtOnce(delivery: DeliveryEntity, decision: Decision, end: Settlement, memory: TriggerEnd | null): Promise<Decided | null> {
    const isPlain = (decision.outcome === 'ignored' && !mayHideAnother(decision, memory)) || (decision.outcome === 'job' && decision.atOnce !== undefined);
    if (!isPlain) return null;
    const changes = Changes.atOnce();
    changes.demand(pendingDelivery(delivery.id));
    const job = decision.outcome === 'job' ? decision.atOnce!(changes) : null;
    changes.add(this.deliveries.settlement(delivery.id, { ...end, jobId: job?.id ?? null, jobUserId: job?.userId ?? null }));
    if (memory) changes.add(this.triggers.settlement(delivery.connectionId, memory));
    if (!(await changes.run(this.db))) return null;
    this.deliveries.count(end);
    return { outcome: decision.outcome, reason: decision.reason, ...(job && { jobId: job.id }) };
  }

  private settleInTransaction(delivery: DeliveryEntity, decision: Decision, end: Settlement, memory: TriggerEnd | null, request: Request | undefined): Promise<Decided | null> {
    return this.db.transaction(async (manager) => {
      if (!(await this.deliveries.holdPending(manager, delivery.id))) return null;
      const jobId = decision.outcome === 'job' ? await decision.effect(manager) : null;
      if (decision.outcome === 'refused' && decision.message && request) await this.tell(manager, request, decision);
      if (request) await noteIfLost(manager, request, decision);
      await this.deliveries.settle(manager, delivery.id, { ...end, jobId });
      if (memory) await this.triggers.settle(manager, delivery.connectionId, memory);
      if (mayHideAnother(decision, memory)) await this.deliveries.reviveDuplicate(manager, delivery.id);
      return { outcome: decision.outcome, reason: decision.reason, ...(jobId && { jobId }) };
    });
  }

  private endOf(decision: Decision, trace: Trace, request: Request | undefined): Settlement {
    return {
      outcome: decision.outcome,
      reason: decision.reason,
      detail: decision.detail,
      duplicateOf: decision.outcome === 'ignored' ? (decision.duplicateOf ?? null) : null,
      trace: trace.steps,
      attempted: true,
      actor: request ? { id: request.actor.id, displayName: request.actor.displayName } : null,
      issue: request ? { id: request.issue.id, key: request.issue.key } : null,
    };
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
async function noteIfLost(manager: EntityManager, { connection, delivery, actor }: Request, decision: Decision): Promise<void> {
  const { reason, detail } = decision;
  if (decision.outcome !== 'refused' || !isForWantOfLink(reason) || delivery.origin === 'replay') return;
  await noteLostRequest(manager, { connectionId: connection.id, actor, reason, state: decision.accountState ?? 'not_linked', detail, deliveryId: delivery.id, at: delivery.receivedAt });
}

/** Jira does not confirm what this delivery said. Whoever knows the secret may have sent it before the true one, which then is no duplicate. */
function mayHideAnother({ reason }: Decision, memory: TriggerEnd | null): boolean {
  return memory !== null && (reason === 'payload_mismatch' || reason === 'withdrawn');
}

/** What the log tells of a decision. */
interface Decided {
  outcome: Decision['outcome'];
  reason: Decision['reason'];
  jobId?: string;
}

function memoryOf({ event, trigger }: Question, { outcome, reason }: Decision): TriggerEnd {
  return { key: trigger.key, outcome, reason, textHash: event.comment ? sha256(event.comment.body) : null };
}
