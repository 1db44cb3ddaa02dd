import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { Changes } from '../database/changes.js';
import { Agent, type StartLook } from './agent.js';
import { FollowPlan } from './follow-plan.js';
import { JobRunEntity } from './jobs.entity.js';
import { Reporter } from './reporter.js';
import { type FollowedRun, Runs } from './runs.service.js';

/**
 * Stops the agent for a job that is over already. While the agent still prepares there is nothing to call, so the wish is kept
 * and carried out when the conversation exists. It is given up when the start never comes to an end.
 */
@Injectable()
export class AgentStopper {
  constructor(
    private readonly db: DataSource,
    private readonly agent: Agent,
    private readonly runs: Runs,
    private readonly reporter: Reporter,
    private readonly plan: FollowPlan,
    private readonly clock: Clock,
  ) {}

  /** One attempt. Throws `AgentProblem` when the agent does not answer. */
  async stop(followed: FollowedRun): Promise<void> {
    const { run } = followed;
    const ready = run.follow.readyAt ?? run.follow.sending ?? (await this.startIsReady(followed));
    if (ready === 'nothing_there') return this.close(followed);
    if (!ready) return this.tryLater(followed, this.runs.pause(run));
    await this.agent.stop(run.agentAccount, run.conversationId);
    const changes = new Changes();
    this.reporter.note(changes, run.jobId, 'agent_stopped', 'The agent was told to stop.');
    await changes.run(this.db);
    await this.close(followed);
  }

  async tryLater(followed: FollowedRun, pauseMs: number): Promise<void> {
    const { run, job } = followed;
    const since = (job.finishedAt ?? run.startedAt).getTime();
    if (this.clock.now().getTime() - since >= this.plan.startLimitMs) return this.close(followed);
    await this.runs.lookAgain(run, pauseMs);
  }

  private async startIsReady({ run }: FollowedRun): Promise<boolean | 'nothing_there'> {
    if (run.startTaskId) return readiness((await this.agent.lookAtStarts(run.agentAccount, [run.startTaskId])).get(run.startTaskId));
    const { startAttemptedAt } = run.follow;
    if (!startAttemptedAt) return 'nothing_there';
    // The process that asked may not have stored the answer yet, or never will.
    const found = await this.agent.findStart(run.agentAccount, run.conversationId, new Date(startAttemptedAt));
    if (found?.taskId) await this.db.manager.update(JobRunEntity, { id: run.id }, { startTaskId: found.taskId });
    if (found) return found.taskId === null;
    return this.clock.now().getTime() - Date.parse(startAttemptedAt) < this.plan.repeatAfterMs ? false : 'nothing_there';
  }

  /** The run is over; its end is that of its job. */
  private async close({ run, job }: FollowedRun): Promise<void> {
    await this.db.manager.update(JobRunEntity, { id: run.id }, { state: job.state as JobRunEntity['state'], finishedAt: this.clock.now() });
  }
}

function readiness(look: StartLook | undefined): boolean | 'nothing_there' {
  if (look?.kind === 'failed') return 'nothing_there';
  return look?.kind === 'ready';
}
