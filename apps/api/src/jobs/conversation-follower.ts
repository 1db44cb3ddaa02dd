import { Injectable } from '@nestjs/common';
import { type AgentDecision, type AgentReading, type EventsVerdict, jobTitle, readAgentState } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { Agent, AgentProblem, type ConversationLook } from './agent.js';
import { FollowPlan } from './follow-plan.js';
import type { FollowMemory, JobEntity, JobRunEntity } from './jobs.entity.js';
import { type JobMarkColumn, JobProgress } from './job-progress.js';
import { type FollowedRun, isOwnKey, type NextLook, Runs } from './runs.service.js';

/** Decides what one look at a conversation means for its job, and carries it out. */
@Injectable()
export class ConversationFollower {
  constructor(
    private readonly agent: Agent,
    private readonly runs: Runs,
    private readonly progress: JobProgress,
    private readonly plan: FollowPlan,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** When to look again, if that is all that follows from this look; null when there is more to do. */
  nextLook({ run, job }: FollowedRun, look: ConversationLook | undefined, seenAt: Date): NextLook | null {
    if (this.isOverTime(job)) return null;
    const reading = this.readingOf(run, look, seenAt);
    const decision = readAgentState(reading);
    if (decision.next !== 'poll' || decision.silent || (decision.state === 'running' && decision.mark !== job.mark)) return null;
    return { run, pauseMs: this.runs.pause(run), memory: this.newsOf(run, look, reading) };
  }

  /** `look` undefined: the agent does not know the conversation (any more). */
  async follow(followed: FollowedRun, look: ConversationLook | undefined, seenAt: Date): Promise<void> {
    const { run, job } = followed;
    if (this.isOverTime(job)) return void (await this.endOverTime(job, run));
    const reading = this.readingOf(run, look, seenAt);
    const decision = await this.decide(run, reading);
    await this.carryOut(followed, decision, look, seenAt, this.newsOf(run, look, reading));
  }

  /** The time limit counts also while the agent does not answer. */
  isOverTime(job: JobEntity): boolean {
    const { startedAt } = job;
    return startedAt !== null && this.clock.now().getTime() - startedAt.getTime() >= this.config.env.JOB_TIMEOUT_MINUTES * 60_000;
  }

  async endOverTime(job: JobEntity, run: JobRunEntity): Promise<void> {
    const silent = (run.follow.failures ?? 0) > 0;
    const reason = silent ? 'agent_unreachable' : 'time_limit';
    await this.progress.end(job.id, { state: 'failed', reason, details: { limitMinutes: this.config.env.JOB_TIMEOUT_MINUTES, ownKey: isOwnKey(run) } }, 'must_be_stopped');
  }

  private async decide(run: JobRunEntity, reading: AgentReading): Promise<AgentDecision> {
    const decision = readAgentState(reading);
    if (decision.next !== 'read_events') return decision;
    const events: EventsVerdict = await this.agent.readEvents(run.agentAccount, run.conversationId, run.follow.wordsAfter ?? null);
    return readAgentState({ ...reading, events });
  }

  private readingOf({ follow }: JobRunEntity, look: ConversationLook | undefined, seenAt: Date): AgentReading {
    const unchanged = look !== undefined && look.sandbox === follow.sandboxStatus && look.execution === follow.executionStatus;
    return {
      found: look !== undefined,
      sandboxStatus: look?.sandbox ?? null,
      executionStatus: look?.execution ?? null,
      unchangedMs: unchanged && follow.unchangedSince ? seenAt.getTime() - Date.parse(follow.unchangedSince) : 0,
      sinceReadyMs: follow.readyAt ? seenAt.getTime() - Date.parse(follow.readyAt) : 0,
      ranBefore: follow.ranBefore ?? false,
      finishedBefore: follow.sandboxStatus === 'RUNNING' && follow.executionStatus === 'finished',
      sinceResumeMs: follow.resumedAt ? seenAt.getTime() - Date.parse(follow.resumedAt) : null,
      events: null,
    };
  }

  /** What this look taught that was not known before. */
  private newsOf(run: JobRunEntity, look: ConversationLook | undefined, reading: AgentReading): Partial<FollowMemory> {
    const memory: Partial<FollowMemory> = { failures: 0, keyRefusals: 0 };
    if (look && reading.unchangedMs === 0) {
      Object.assign(memory, { sandboxStatus: look.sandbox, executionStatus: look.execution, unchangedSince: this.clock.now().toISOString() });
    }
    if (look?.execution === 'running') Object.assign(memory, { ranBefore: true, silenceNoted: false });
    const isNews = Object.entries(memory).some(([name, value]) => run.follow[name as keyof FollowMemory] !== value);
    return isNews ? memory : {};
  }

  private async carryOut({ run, job }: FollowedRun, decision: AgentDecision, look: ConversationLook | undefined, seenAt: Date, news: Partial<FollowMemory>): Promise<void> {
    switch (decision.next) {
      case 'poll':
        return this.poll({ run, job }, decision, news);
      case 'resume':
        return this.resume(run, look, news);
      case 'succeed':
        return this.succeed({ run, job }, seenAt, news);
      case 'fail':
        return this.fail({ run, job }, decision.reason);
      case 'cancel':
        return void (await this.progress.end(job.id, { state: 'cancelled', reason: decision.reason }, 'is_over'));
      case 'read_events':
        // Two decisions in a row that want the events: not in the table. Look again.
        return this.runs.lookAgain(run, this.plan.shortPauseMs, news);
    }
  }

  private async poll({ run, job }: FollowedRun, decision: Extract<AgentDecision, { next: 'poll' }>, news: Partial<FollowMemory>): Promise<void> {
    if (decision.silent) await this.noteSilence(run);
    else if (decision.state === 'running') await this.showMark(job, decision.mark);
    await this.runs.lookAgain(run, this.runs.pause(run), news);
  }

  private async showMark(job: JobEntity, mark: JobMarkColumn): Promise<void> {
    if (job.mark !== mark) await this.progress.setMark(job.id, mark);
  }

  private async noteSilence(run: JobRunEntity): Promise<void> {
    if (run.follow.silenceNoted) return;
    await this.runs.remember(run, { silenceNoted: true });
    await this.progress.noteAndShow(run.jobId, 'agent_not_reachable', 'The agent does not answer; still trying.');
  }

  /** Once per run. It takes up to minutes until the machine runs again. */
  private async resume(run: JobRunEntity, look: ConversationLook | undefined, news: Partial<FollowMemory>): Promise<void> {
    const sandboxId = look?.sandboxId ?? run.sandboxId;
    if (sandboxId) await this.agent.resume(run.agentAccount, sandboxId);
    await this.runs.remember(run, { ...news, resumedAt: this.clock.now().toISOString() });
    await this.progress.noteAndShow(run.jobId, 'resumed', "The agent's machine was paused in the middle of the run and is woken once.");
    await this.runs.lookAgain(run, this.plan.shortPauseMs);
  }

  /** The last words may reach the app server up to two minutes after the end. */
  private async succeed({ run, job }: FollowedRun, seenAt: Date, news: Partial<FollowMemory>): Promise<void> {
    const text = await this.agent.lastWords(run.agentAccount, run.conversationId, run.follow.wordsAfter ?? null);
    const endSeenAt = run.follow.endSeenAt ?? seenAt.toISOString();
    const waited = this.clock.now().getTime() - Date.parse(endSeenAt);
    if (text === null && waited < this.plan.lastWordsLimitMs) return this.runs.lookAgain(run, this.plan.shortPauseMs, { ...news, endSeenAt });
    const ended = await this.progress.succeed(run, text, seenAt);
    if (!ended) return this.runs.lookAgain(run, this.runs.pause(run), news);
    // The automatic title may have replaced ours meanwhile.
    await this.bestEffort(this.agent.rename(run.agentAccount, run.conversationId, jobTitle(job.issueKey, job.issueSummary)));
  }

  private async fail({ run, job }: FollowedRun, reason: Extract<AgentDecision, { next: 'fail' }>['reason']): Promise<void> {
    const { agentAccount: account, conversationId } = run;
    const failure = reason === 'agent_error' ? await this.agent.failureOf(account, conversationId) : { reason, details: { ownKey: isOwnKey(run) } };
    const text = await this.bestEffort(this.agent.lastWords(account, conversationId, run.follow.wordsAfter ?? null));
    // An idle or suspended agent could still begin to work when nobody waits for it any more.
    const afterwards = reason === 'agent_idle' || reason === 'agent_suspended' ? 'must_be_stopped' : 'is_over';
    await this.progress.end(job.id, { state: 'failed', ...failure, text }, afterwards);
  }

  private async bestEffort<T>(call: Promise<T>): Promise<T | null> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof AgentProblem) return null;
      throw error;
    }
  }
}
