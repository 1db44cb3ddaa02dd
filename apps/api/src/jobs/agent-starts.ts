import { Injectable } from '@nestjs/common';
import { jobTitle } from '@openhands-jira/domain';
import { Clock } from '../config/clock.js';
import { Agent, AgentProblem, type AgentStart } from './agent.js';
import { FollowPlan } from './follow-plan.js';
import type { JobEntity, JobRunEntity } from './jobs.entity.js';
import { Runs } from './runs.service.js';

export type StartResult =
  | { kind: 'started'; start: AgentStart }
  /** Not yet; come again after the pause. */
  | { kind: 'later'; pauseMs: number }
  /** The job was stopped in between; the agent must not hear of it any more. */
  | { kind: 'stopped' };

/**
 * Asks the agent for a new conversation, once. A start whose answer got lost may have happened: it is searched by our
 * conversation id, and repeated with the same id only when nothing of it shows after a minute.
 */
@Injectable()
export class AgentStarts {
  constructor(
    private readonly agent: Agent,
    private readonly runs: Runs,
    private readonly plan: FollowPlan,
    private readonly clock: Clock,
  ) {}

  /** `isFirst`: the run was made just now, and remembers this attempt already. Throws `AgentProblem` only when repeating is useless. */
  async begin(run: JobRunEntity, job: JobEntity, isFirst: boolean): Promise<StartResult> {
    try {
      return isFirst ? { kind: 'started', start: await this.ask(run, job, null) } : await this.tryBegin(run, job);
    } catch (error) {
      if (!(error instanceof AgentProblem) || error.repeat === 'no') throw error;
      return { kind: 'later', pauseMs: error.retryAfterMs ?? this.plan.shortPauseMs };
    }
  }

  private async tryBegin(run: JobRunEntity, job: JobEntity): Promise<StartResult> {
    const attemptedAt = run.follow.startAttemptedAt ?? null;
    if (attemptedAt) {
      const found = await this.agent.findStart(run.agentAccount, run.conversationId, new Date(attemptedAt));
      if (found) return { kind: 'started', start: found };
      const left = Date.parse(attemptedAt) + this.plan.repeatAfterMs - this.clock.now().getTime();
      if (left > 0) return { kind: 'later', pauseMs: Math.min(left, this.plan.shortPauseMs) };
    }
    if (!(await this.runs.rememberStartAttempt(run))) return { kind: 'stopped' };
    return { kind: 'started', start: await this.ask(run, job, attemptedAt) };
  }

  private async ask(run: JobRunEntity, job: JobEntity, attemptedBefore: string | null): Promise<AgentStart> {
    try {
      return await this.agent.start(run.agentAccount, {
        conversationId: run.conversationId,
        title: jobTitle(job.issueKey, job.issueSummary),
        prompt: job.prompt,
        systemSuffix: job.systemSuffix,
        repository: job.repository,
      });
    } catch (error) {
      // It certainly never reached the agent, so the next attempt need not wait and search because of this one.
      if (error instanceof AgentProblem && error.repeat === 'unchanged') await this.runs.remember(run, { startAttemptedAt: attemptedBefore });
      throw error;
    }
  }
}
