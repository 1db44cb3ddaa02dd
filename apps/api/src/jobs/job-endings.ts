import { Injectable, Logger } from '@nestjs/common';
import type { JobCancelReason, JobFailureReason } from '@openhands-jira/contracts';
import { type FailureDetails, pullRequestUrls } from '@openhands-jira/domain';
import { type EntityManager, In, IsNull } from 'typeorm';
import { storableText } from '../database/stored-text.js';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { JobLimits } from './job-limits.js';
import { ACTIVE_STATES, JobEntity, JobNoteEntity, JobRunEntity, type RunState } from './jobs.entity.js';
import { Reporter } from './reporter.js';

/** How a job ends. */
export type Ending =
  | { state: 'succeeded'; text: string | null }
  | { state: 'failed'; reason: JobFailureReason; details?: FailureDetails; text?: string | null }
  | { state: 'cancelled'; reason: JobCancelReason; by?: string | null };

/** What else happens to the agent when its job ends: nothing, or it must still be stopped. */
export type AgentAfterwards = 'is_over' | 'must_be_stopped';

/**
 * The end of a job, stored once. State, result comment, timeline and the wake-up of waiting jobs are one transaction: there
 * is no moment at which a job is over and nobody will be told.
 */
@Injectable()
export class JobEndings {
  private readonly log = new Logger('jobs');

  constructor(
    private readonly reporter: Reporter,
    private readonly limits: JobLimits,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Takes the lock of all endings, for a caller that looks before it ends. */
  async lockFor(manager: EntityManager): Promise<void> {
    await this.limits.lock(manager);
  }

  /** Ends the job. False when it had ended before; then nothing changes. */
  async end(manager: EntityManager, jobId: string, ending: Ending, agent: AgentAfterwards): Promise<boolean> {
    // The lock keeps the count of running jobs exact while a freed place is given away.
    await this.limits.lock(manager);
    const now = this.clock.now();
    const changed = await manager.update(JobEntity, { id: jobId, state: In(ACTIVE_STATES) }, { ...this.columnsOf(ending), mark: null, finishedAt: now });
    if (!changed.affected) return false;
    await this.closeNotes(manager, jobId);
    await this.closeRuns(manager, jobId, ending, agent, now);
    const job = await manager.findOneByOrFail(JobEntity, { id: jobId });
    await this.reporter.note(manager, jobId, ending.state, ending.state === 'succeeded' ? 'The run ended with a text.' : ending.reason);
    await this.reporter.ended(manager, job, ending.state === 'failed' ? (ending.details ?? {}) : {});
    await this.limits.wakeNext(manager);
    this.log.log({ jobId, issueKey: job.issueKey, state: ending.state, ...('reason' in ending && { reason: ending.reason }) }, 'A job has ended');
    return true;
  }

  private columnsOf(ending: Ending): Partial<JobEntity> {
    if (ending.state === 'cancelled') return { state: 'cancelled', cancelReason: ending.reason, cancelledBy: ending.by ?? null };
    const text = ending.text ? storableText(ending.text) : null;
    const result = { resultText: text, pullRequests: text ? pullRequestUrls(text, this.config.gitProviders) : [] };
    return ending.state === 'succeeded' ? { state: 'succeeded', ...result } : { state: 'failed', failure: ending.reason, ...result };
  }

  /** Instructions that are still waiting will never reach the agent. */
  private async closeNotes(manager: EntityManager, jobId: string): Promise<void> {
    const open = await manager.find(JobNoteEntity, { where: { jobId, sentAt: IsNull(), failed: IsNull() }, order: { id: 'ASC' } });
    for (const { id, fromName } of open) {
      await manager.update(JobNoteEntity, { id }, { failed: 'job_ended' });
      await this.reporter.note(manager, jobId, 'note_not_passed_on', `From ${fromName}: the job has ended.`);
    }
  }

  private async closeRuns(manager: EntityManager, jobId: string, ending: Ending, agent: AgentAfterwards, now: Date): Promise<void> {
    const failure = ending.state === 'failed' ? ending.reason : null;
    const state: RunState = agent === 'is_over' ? ending.state : 'stopping';
    await manager.update(JobRunEntity, { jobId, finishedAt: IsNull() }, { state, failure, ...(agent === 'is_over' && { finishedAt: now }) });
    // The follower takes over the stopping at once.
    if (agent === 'must_be_stopped') await manager.query('UPDATE job_runs SET next_poll_at = now() WHERE job_id = $1 AND finished_at IS NULL', [jobId]);
  }
}
