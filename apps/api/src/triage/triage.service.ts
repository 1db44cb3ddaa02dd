import { Injectable, Logger } from '@nestjs/common';
import { decideEdit, detectTrigger, findMention, type IssueEvent, notServed, readCommand, servesProject } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { CallsPaused } from '../connections/call-pauses.service.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { rulesOf } from '../connections/rules.service.js';
import { Deliveries } from '../deliveries/deliveries.service.js';
import type { DeliveryEntity } from '../deliveries/delivery.entity.js';
import { Jiras } from '../jira/jiras.service.js';
import { RetryLater } from '../queue/queue.service.js';
import { sha256 } from '../security/digest.js';
import { isDecision, type Question, type Request, type TrialRun } from './context.js';
import { type Decision, ignored } from './decision.js';
import { readBack } from './read-back.js';
import { Requests } from './requests.service.js';
import { inShadow } from './shadow.js';
import { Settlements } from './settlements.service.js';
import { Trace } from './trace.js';
import { type KeyHolder, TriggerStore } from './trigger.store.js';
import { TurnStore } from './turn.store.js';
import { Withdrawals } from './withdrawals.service.js';

/** An edit waits this long for the decision about its comment, and a wish for an earlier one; decisions that take longer have failed. */
const UNDECIDED_MS = 45 * 60_000;
/** Pause before it is looked whether the earlier one is decided. */
const TURN_MS = 200;

/**
 * The decision about a stored delivery, as one straight line of small steps. Each step either goes on or says how the
 * delivery ends; the first that ends it decides. Whatever throws is repeated later, so each step may run again.
 */
@Injectable()
export class Triage {
  private readonly log = new Logger('triage');

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly deliveries: Deliveries,
    private readonly turns: TurnStore,
    private readonly jiras: Jiras,
    private readonly triggers: TriggerStore,
    private readonly requests: Requests,
    private readonly withdrawals: Withdrawals,
    private readonly settlements: Settlements,
  ) {}

  /** Decides a delivery that is still pending, those of one issue in the order in which they came. Throws when the decision must be tried again. */
  async decide(deliveryId: string): Promise<void> {
    const turn = await this.turns.of(deliveryId);
    if (turn?.delivery.outcome !== 'pending') return;
    const { delivery, connection, earlierIsOpen } = turn;
    if (earlierIsOpen && this.ageOf(delivery) < UNDECIDED_MS) throw new RetryLater(TURN_MS, 'An earlier delivery of this issue is being decided; this one comes after it');
    const trace = new Trace(delivery.trace, this.clock);
    if (delivery.attempts > 0) trace.note('attempt', 'info', `Attempt ${delivery.attempts + 1}.`);
    try {
      const { decision, request } = await this.judge(delivery, connection, trace);
      const watches = connection !== null && rulesOf(connection).shadow;
      await this.settlements.settle(delivery, watches ? inShadow(decision, trace) : decision, trace, request);
    } catch (error) {
      // Jira was not called, or somebody else comes first: nothing was tried.
      if (error instanceof CallsPaused || error instanceof RetryLater) throw error;
      trace.note('attempt', 'error', 'This attempt did not come to an end and is repeated.');
      await this.deliveries.noteAttempt(deliveryId, trace.steps).catch((cause: unknown) => this.log.warn({ err: cause, deliveryId }, 'An attempt could not be noted'));
      throw error;
    }
  }

  /** The decision as a value. What it means is done by `Settlements`, and not at all for a trial. */
  async judge(delivery: DeliveryEntity, connection: ConnectionEntity | null, trace: Trace, trial: TrialRun | null = null): Promise<Judged> {
    const closed = connectionState(connection, trace);
    if (closed) return { decision: closed };
    const event = this.eventOf(delivery, connection!);
    if (!event) return { decision: ignored('event_not_used', 'The stored payload cannot be read as an event.') };
    const verdict = detectTrigger(event, this.settingsOf(connection!));
    // The front door noted these steps when the delivery came in; a dry run has not been there under today's settings.
    if (trial && trace.steps.length === 0) for (const { step, result, detail } of verdict.trace) trace.note(step, result, detail);
    if (verdict.kind === 'ignored') return { decision: ignored(verdict.reason, verdict.detail) };
    const { trigger } = verdict;
    if (trigger.kind === 'withdrawal') return { decision: await this.withdrawals.decide(connection!.id, trigger) };
    const jira = await this.jiras.clientFor(connection!);
    return this.judgeTrigger({ delivery, connection: connection!, event, trigger, client: trial ? trial.seenThrough(jira) : jira, trace, trial });
  }

  private async judgeTrigger(question: Question): Promise<Judged> {
    const early = (await this.alreadyAnswered(question)) ?? (await (question.trial ? this.heldBefore(question) : this.takenBefore(question)));
    if (early) return { decision: early, request: question };
    const request = await this.confirm(question);
    if (isDecision(request)) return { decision: request, request: question };
    return { decision: await this.requests.decide(request), request };
  }

  /** Editing never restarts or repeats work; it helps only where the comment was refused or did not address us before. */
  private async alreadyAnswered(question: Question): Promise<Decision | null> {
    const { event, trigger, connection, trace } = question;
    if (trigger.kind !== 'comment' || !trigger.edited || trigger.via === 'unproven_picker' || !event.comment) return null;
    const known = await this.triggers.knownComment(connection.id, trigger.commentId, trigger.key);
    const undecided = known !== null && known.outcome === null && this.ageIn(question) < UNDECIDED_MS;
    if (undecided) throw new RetryLater(2000, 'The comment itself is being decided; its edit comes after it');
    const mention = findMention({ body: event.comment.body, format: 'wiki', token: this.config.triggerMention, serviceAccountIds: connection.serviceAccountIds });
    const verdict = decideEdit({
      known: known && { outcome: known.outcome ?? 'pending', textHash: known.textHash?.toString('hex') ?? null },
      mention,
      textHash: textHashOf(event).toString('hex'),
    });
    trace.note('edit', verdict.acts ? 'yes' : 'no', verdict.detail);
    return verdict.acts ? null : ignored(verdict.reason, verdict.detail);
  }

  /** Claims the trigger key, unless the comment is our own. Data Center sends two deliveries for one comment, and webhooks are registered twice. */
  private async takenBefore({ event, trigger, connection, delivery, trace }: Question): Promise<Decision | null> {
    const claimed = await this.triggers.claim({
      connectionId: connection.id,
      key: trigger.key,
      deliveryId: delivery.id,
      issueId: trigger.issueId,
      commentId: trigger.kind === 'comment' ? trigger.commentId : null,
      saidIn: event.comment?.id ?? null,
      replay: delivery.origin === 'replay',
    });
    if (claimed.kind === 'own_comment') return ownVoice(trace);
    if (claimed.deliveryId === delivery.id) return null;
    const detail = `Delivery ${claimed.deliveryId} speaks of the same ${trigger.kind === 'comment' ? 'comment' : 'change'}.`;
    trace.note('trigger key', 'no', detail);
    return ignored('duplicate_trigger', detail, claimed.deliveryId);
  }

  /** The same for a trial, which claims nothing: that another delivery has the key is told, and the trial goes on. */
  private async heldBefore({ event, trigger, connection, delivery, trace }: Question): Promise<Decision | null> {
    const holder = await this.triggers.holderOf({ connectionId: connection.id, key: trigger.key, saidIn: event.comment?.id ?? null });
    if (holder?.kind === 'own_comment') return ownVoice(trace);
    if (holder && (holder.outcome === 'job' || holder.deliveryId !== delivery.id)) trace.note('trigger key', 'info', heldWords(holder));
    return null;
  }

  private async confirm(question: Question): Promise<Request | Decision> {
    const { client, event, trigger, connection, trace } = question;
    const issue = await client.getIssue(trigger.issueId);
    if ('via' in trigger && trigger.via === 'unproven_picker') throw new Error('The ids of the service account are not known yet, so nobody can tell who was mentioned.');
    if (!issue) {
      trace.note('read back', 'no', 'The service account cannot see the issue.');
      return { outcome: 'refused', reason: 'issue_unreadable', detail: 'The service account cannot see the issue, so nothing can be read or written there.', message: null };
    }
    // The delivery may not have told the project, and the issue may have moved since.
    const outside = outOfScope(connection, issue.projectKey, trace);
    if (outside) return outside;
    const { triggerMention: token, triggerLabel: label } = this.config;
    const { serviceAccountIds } = connection;
    const ageMs = this.ageIn(question);
    const confirmed = await readBack({ client, event, trigger, issue, token, label, serviceAccountIds, ageMs, trace });
    if (isDecision(confirmed)) return confirmed;
    const reading = confirmed.comment ? readCommand({ body: confirmed.comment.body, format: 'wiki', token, serviceAccountIds }) : ({ kind: 'empty' } as const);
    trace.note('reading', 'info', readingWords(reading));
    return { ...question, ...confirmed, issue, reading };
  }

  /** A trial waits for nothing: what is not there now counts as missing. */
  private ageIn({ delivery, trial }: Question): number {
    return trial ? Infinity : this.ageOf(delivery);
  }

  private ageOf(delivery: DeliveryEntity): number {
    return this.clock.now().getTime() - delivery.receivedAt.getTime();
  }

  private eventOf(delivery: DeliveryEntity, connection: ConnectionEntity): IssueEvent | null {
    if (!delivery.body) return null;
    return this.jiras.readEvent(connection.product, JSON.parse(delivery.body.toString('utf8')));
  }

  private settingsOf(connection: ConnectionEntity): Parameters<typeof detectTrigger>[1] {
    return { token: this.config.triggerMention, label: this.config.triggerLabel, serviceAccountIds: connection.serviceAccountIds, rules: rulesOf(connection) };
  }
}

/** A decision, and what is known of the request; nothing when it ended before anybody was asked. */
export interface Judged {
  decision: Decision;
  request?: Request | Question;
}

function ownVoice(trace: Trace): Decision {
  trace.note('author', 'no', 'The comment was written by us.');
  return ignored('self_authored', 'The comment was written by us.');
}

function heldWords({ deliveryId, outcome }: Extract<KeyHolder, { kind: 'claimed' }>): string {
  const held = `Delivery ${deliveryId} has already asked for the same`;
  if (outcome === 'job') return `${held}, and it was accepted. For real, this would end here as a duplicate; the trial goes on.`;
  return `${held}. For real, only one of the two is decided, unless the other one is run again; the trial goes on.`;
}

/** A connection that takes no work any more, or not yet. */
function connectionState(connection: ConnectionEntity | null, trace: Trace): Decision | null {
  if (connection?.status === 'active') return null;
  const paused = connection?.status === 'pending' ? ignored('connection_pending', 'The connection is not set up completely yet.') : ignored('connection_paused', 'The connection was paused or unlinked before this delivery was decided.');
  trace.note('connection', 'no', paused.detail);
  return paused;
}

/** A project that the rules leave out: silent, because nobody there knows of us. */
function outOfScope(connection: ConnectionEntity, projectKey: string, trace: Trace): Decision | null {
  if (servesProject(rulesOf(connection), projectKey)) return null;
  const detail = notServed(projectKey);
  trace.note('project', 'no', detail);
  return ignored('project_out_of_scope', detail);
}

/** SHA-256 of the comment as the delivery tells it, to see whether an edit changed the text. */
function textHashOf(event: IssueEvent): Buffer {
  return sha256(event.comment?.body ?? '');
}

function readingWords(reading: Request['reading']): string {
  switch (reading.kind) {
    case 'command':
      return `The comment is the command "${reading.command}".`;
    case 'courtesy':
      return 'The comment only says thanks.';
    case 'empty':
      return 'The issue itself is the task.';
    default:
      return reading.fresh ? 'The comment is an instruction that begins afresh.' : 'The comment is an instruction.';
  }
}
