import { Injectable, Logger } from '@nestjs/common';
import type { JobFailureReason } from '@openhands-jira/contracts';
import { jobTitle } from '@openhands-jira/domain';
import { Clock } from '../config/clock.js';
import { inContext } from '../config/work-context.js';
import { Agent, AgentProblem, type ConversationLook, type StartLook } from './agent.js';
import { AgentStopper } from './agent-stopper.js';
import { ConversationFollower } from './conversation-follower.js';
import { FollowPlan } from './follow-plan.js';
import { JobProgress } from './job-progress.js';
import { RunProgress } from './run-progress.js';
import { aboutJob } from './jobs.entity.js';
import { type FollowedRun, isOwnKey, type NextLook, Runs } from './runs.service.js';

/** Runs of one account that are worked at the same time, in one process. */
const AT_THE_SAME_TIME = 4;

/** A key that is refused this often in a row is no hiccup of the agent's sign-in service. */
const KEY_REFUSALS = 3;

/** Other refusals come from something between us and the agent; they pass, or the time limit ends the job. */
const KEY_REASONS = new Set<JobFailureReason>(['agent_key_rejected', 'agent_not_configured']);

/**
 * Looks at the agent for all runs that are due, in one batch per account, until each job has ended.
 *
 * The agent has no call-back, so this is the only way to learn of an end. What is due is a column in the database: after a
 * restart, or in another process, following goes on where it was.
 */
@Injectable()
export class Follower {
  private readonly log = new Logger('jobs');
  /** Accounts that are being looked at: a slow one must not hold up the others. */
  private readonly busy = new Set<string>();
  private stopped = false;
  /** Several were due at the latest question. */
  foundMany = false;

  constructor(
    private readonly runs: Runs,
    private readonly agent: Agent,
    private readonly conversations: ConversationFollower,
    private readonly stopper: AgentStopper,
    private readonly runProgress: RunProgress,
    private readonly progress: JobProgress,
    private readonly plan: FollowPlan,
    private readonly clock: Clock,
  ) {}

  /** Looks at everything that is due. Gives the number of runs when all of them were looked at. */
  async tick(): Promise<number> {
    this.foundMany = false;
    const due = await this.runs.claimDue([...this.busy]);
    this.foundMany = due.length > 1;
    const accounts = Map.groupBy(due, ({ run }) => run.agentAccount);
    await Promise.all([...accounts].map(([account, followed]) => this.followAccount(account, followed)));
    return due.length;
  }

  /** From now on no further run is begun; those that were taken go back, for another process to look at them at once. */
  stop(): void {
    this.stopped = true;
  }

  private async followAccount(account: string, followed: FollowedRun[]): Promise<void> {
    this.busy.add(account);
    try {
      await this.each(followed.filter(({ run }) => run.state === 'stopping'), (one) => this.stopper.stop(one));
      const live = followed.filter(({ run }) => run.state !== 'stopping');
      await this.followStarts(account, live.filter(({ run }) => !run.follow.readyAt));
      await this.followConversations(account, live.filter(({ run }) => run.follow.readyAt));
    } finally {
      this.busy.delete(account);
    }
  }

  private async followStarts(account: string, followed: FollowedRun[]): Promise<void> {
    if (followed.length === 0) return;
    const looks = await this.lookAtAll(followed, () => this.agent.lookAtStarts(account, followed.flatMap(({ run }) => run.startTaskId ?? [])));
    if (!looks) return;
    const lookOf = ({ run }: FollowedRun): StartLook | undefined => looks.get(run.startTaskId ?? '');
    const more = await this.lookAgain(followed, (one) => this.nextLook(one, lookOf(one)));
    await this.each(more, (one) => this.followStart(one, lookOf(one)));
  }

  private async followConversations(account: string, followed: FollowedRun[]): Promise<void> {
    if (followed.length === 0) return;
    const seenAt = this.clock.now();
    const looks = await this.lookAtAll(followed, () => this.agent.lookAt(account, followed.map(({ run }) => run.conversationId)));
    if (!looks) return;
    const lookOf = ({ run }: FollowedRun): ConversationLook | undefined => looks.get(run.conversationId);
    const more = await this.lookAgain(followed, (one) => this.conversations.nextLook(one, lookOf(one), seenAt));
    await this.each(more, (one) => this.conversations.follow(one, lookOf(one), seenAt));
  }

  /** Most looks lead to nothing but the next look: those are stored together. Gives the runs that there is more to do about. */
  private async lookAgain(followed: FollowedRun[], nextLook: (one: FollowedRun) => NextLook | null): Promise<FollowedRun[]> {
    const next = followed.map((one) => ({ one, look: nextLook(one) }));
    await this.runs.lookAgainAtAll(next.flatMap(({ look }) => look ?? []));
    return next.filter(({ look }) => look === null).map(({ one }) => one);
  }

  private nextLook({ run }: FollowedRun, look: StartLook | undefined): NextLook | null {
    const isOnItsWay = look?.kind !== 'failed' && look?.kind !== 'ready' && !this.runs.isStartOverdue(run);
    return isOnItsWay ? { run, pauseMs: this.runs.pause(run), memory: {} } : null;
  }

  private async followStart({ run, job }: FollowedRun, look: StartLook | undefined): Promise<void> {
    if (look?.kind === 'failed') {
      await this.progress.end(job.id, { state: 'failed', reason: look.reason, details: { ownKey: isOwnKey(run) } }, 'is_over');
    } else if (look?.kind === 'ready') {
      await this.runProgress.markReady(run, job, look.sandboxId);
      // The title of the start request is ignored by the server that was read.
      await this.agent.rename(run.agentAccount, run.conversationId, jobTitle(job.issueKey, job.issueSummary)).catch(() => undefined);
    } else {
      await this.progress.end(job.id, { state: 'failed', reason: 'agent_start_timeout' }, 'must_be_stopped');
    }
  }

  /** A few runs at a time: one that takes long must not hold up the others, nor all of them together the rest of the process. */
  private async each(followed: FollowedRun[], step: (one: FollowedRun) => Promise<void>): Promise<void> {
    const waiting = [...followed];
    const work = async (): Promise<void> => {
      for (let one = this.stopped ? undefined : waiting.shift(); one; one = this.stopped ? undefined : waiting.shift()) await this.carryOut(one, step);
    };
    await Promise.all(Array.from({ length: AT_THE_SAME_TIME }, work));
    await this.runs.lookAgainAtAll(waiting.map(({ run }) => ({ run, pauseMs: 0, memory: {} })));
  }

  /** One run that cannot be followed must not hold up the others of its account. */
  private async carryOut(one: FollowedRun, step: (one: FollowedRun) => Promise<void>): Promise<void> {
    try {
      await inContext(aboutJob(one.job), () => step(one));
    } catch (error) {
      if (error instanceof AgentProblem) await this.noAnswer(one, error);
      // The lease ends, and the run is looked at again.
      else this.log.warn({ err: error, jobId: one.job.id }, 'A run could not be followed; trying again');
    }
  }

  /** Whatever is in the way, such as a key that cannot be opened any more, counts as no answer: the time limit of a job holds all the same. */
  private async lookAtAll<T>(followed: FollowedRun[], look: () => Promise<T>): Promise<T | null> {
    try {
      return await look();
    } catch (error) {
      const problem = error instanceof AgentProblem ? error : new AgentProblem('agent_unreachable', 'The agent could not be asked', 'unchanged');
      this.log.warn({ account: followed[0]?.run.agentAccount, runs: followed.length, ...(error === problem ? { problem: problem.message } : { err: error }) }, 'The agent did not answer');
      for (const one of followed) await this.noAnswer(one, problem);
      return null;
    }
  }

  private async noAnswer({ run, job }: FollowedRun, problem: AgentProblem): Promise<void> {
    const failures = (run.follow.failures ?? 0) + 1;
    const keyRefusals = KEY_REASONS.has(problem.reason) ? (run.follow.keyRefusals ?? 0) + 1 : 0;
    await this.runs.remember(run, { failures, keyRefusals });
    if (run.state === 'stopping') return this.stopper.tryLater({ run, job }, this.plan.backOff(failures));
    if (keyRefusals >= KEY_REFUSALS) return void (await this.progress.end(job.id, { state: 'failed', reason: problem.reason, details: { ownKey: isOwnKey(run) } }, 'is_over'));
    if (this.conversations.isOverTime(job)) return this.conversations.endOverTime(job, run);
    if (!run.follow.readyAt && this.runs.isStartOverdue(run)) return void (await this.progress.end(job.id, { state: 'failed', reason: 'agent_unreachable' }, 'must_be_stopped'));
    await this.runs.lookAgain(run, problem.retryAfterMs ?? this.plan.backOff(failures));
  }
}
