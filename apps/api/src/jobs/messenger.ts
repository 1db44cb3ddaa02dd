import { Injectable } from '@nestjs/common';
import { Clock } from '../config/clock.js';
import { Agent, AgentProblem } from './agent.js';
import { FollowPlan } from './follow-plan.js';
import type { FollowMemory, JobRunEntity } from './jobs.entity.js';
import { Runs } from './runs.service.js';

/**
 * `sent`: the caller stores `memory` for the run in the same transaction in which it stores what was sent. Until then the
 * message counts as "may have arrived", and is looked for. `later`: not yet; come again after the pause. `gone`: there is
 * no such conversation any more.
 */
export type Delivered = { kind: 'sent'; memory: Partial<FollowMemory> } | { kind: 'gone' } | { kind: 'later'; pauseMs: number };

/**
 * Says something in a conversation, once.
 *
 * A message whose answer got lost may have arrived. Before each message the run remembers the latest one of a person; when
 * it is tried again, a newer one with the same text means that it had arrived. A sleeping machine is woken first.
 */
@Injectable()
export class Messenger {
  constructor(
    private readonly agent: Agent,
    private readonly runs: Runs,
    private readonly plan: FollowPlan,
    private readonly clock: Clock,
  ) {}

  /** `what` names the message: the same name is the same message. Throws `AgentProblem` only when repeating is useless. */
  async deliver(run: JobRunEntity, what: string, text: string): Promise<Delivered> {
    try {
      return await this.tryDeliver(run, what, text);
    } catch (error) {
      if (!(error instanceof AgentProblem) || error.repeat === 'no') throw error;
      return { kind: 'later', pauseMs: error.retryAfterMs ?? this.plan.shortPauseMs };
    }
  }

  private async tryDeliver(run: JobRunEntity, what: string, text: string): Promise<Delivered> {
    const { agentAccount: account, conversationId } = run;
    const look = (await this.agent.lookAt(account, [conversationId])).get(conversationId);
    if (!look || look.sandbox === 'MISSING' || look.sandbox === 'ERROR') return { kind: 'gone' };
    const attempted = run.follow.sending?.what === what ? run.follow.sending : null;
    if (attempted && (await this.hasArrived(run, attempted.before, text))) return sent(attempted.before);
    if (attempted && this.age(attempted.at) < this.plan.repeatAfterMs) return this.later();
    if (look.sandbox === 'PAUSED') return this.wake(account, look.sandboxId);
    if (look.sandbox !== 'RUNNING') return this.later();
    return this.send(run, what, text);
  }

  private async send(run: JobRunEntity, what: string, text: string): Promise<Delivered> {
    const { agentAccount: account, conversationId } = run;
    const before = (await this.agent.userMessages(account, conversationId))[0]?.at ?? '';
    await this.runs.remember(run, { sending: { what, before, at: this.clock.now().toISOString() } });
    const answer = await this.agent.send(account, conversationId, text);
    if (answer === 'sent') return sent(before);
    await this.runs.remember(run, { sending: null });
    return answer === 'gone' ? { kind: 'gone' } : this.later();
  }

  private async hasArrived(run: JobRunEntity, before: string, text: string): Promise<boolean> {
    const messages = await this.agent.userMessages(run.agentAccount, run.conversationId);
    return messages.some((message) => message.at > before && message.text === text);
  }

  private async wake(account: string, sandboxId: string | null): Promise<Delivered> {
    if (!sandboxId || !(await this.agent.resume(account, sandboxId))) return { kind: 'gone' };
    return this.later();
  }

  private later(): Delivered {
    return { kind: 'later', pauseMs: this.plan.shortPauseMs };
  }

  private age(iso: string): number {
    return this.clock.now().getTime() - Date.parse(iso);
  }
}

/** The agent works on: what was known about its end counts no more. */
function sent(before: string): Delivered {
  return { kind: 'sent', memory: { sending: null, wordsAfter: before, executionStatus: null, endSeenAt: null } };
}
