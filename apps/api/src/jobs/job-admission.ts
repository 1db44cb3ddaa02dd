import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { type Change, Changes } from '../database/changes.js';
import { uuidv7 } from '../database/uuid.js';
import { RetryLater } from '../queue/queue.service.js';
import { Agent, type AgentAccount } from './agent.js';
import { JobLimits } from './job-limits.js';
import { type FollowMemory, JobEntity, JobRunEntity } from './jobs.entity.js';
import { JobProgress } from './job-progress.js';
import type { FollowedRun } from './runs.service.js';

/** A run that may start now. */
export interface AdmittedRun extends FollowedRun {
  /** Its first attempt at the agent is committed with it; nobody else has made one. */
  isFirst: boolean;
}

/** A job that takes the place of another one waits this long for the other's agent to stop, and looks again after each pause. */
const STOPPING_PATIENCE_MS = 60_000;
const STOPPING_PAUSE_MS = 500;

/** A job may wait for hours; whoever asked may have left meanwhile. Completes the sentence "the job was stopped by". */
const LINK_ENDED = 'the end of the link of the person who asked';

/** Lets waiting jobs start: decides limits, account and conversation, and commits them before the agent hears of the job. */
@Injectable()
export class JobAdmission {
  constructor(
    private readonly db: DataSource,
    private readonly agent: Agent,
    private readonly limits: JobLimits,
    private readonly progress: JobProgress,
    private readonly clock: Clock,
  ) {}

  /** The job with its run, when it may start now or its start was interrupted; null when there is nothing to start. `userId`: whose job it is, when the caller knows. */
  async admit(jobId: string, userId?: string | null): Promise<AdmittedRun | null> {
    const owner = userId === undefined ? (await this.db.manager.findOneBy(JobEntity, { id: jobId }))?.userId : userId;
    const account = await this.agent.accountFor(owner ?? null);
    return this.limits.inTurn(async (manager) => {
      if (!(await this.limits.lockWith(manager, jobId))) return null;
      const { job, waiting, isLinked } = (await this.limits.look(manager, jobId))!;
      if (job.state === 'starting') return this.interrupted(manager, job);
      if (job.state !== 'queued') return null;
      if (!isLinked) {
        await this.progress.endIn(manager, jobId, { state: 'cancelled', reason: 'stopped_by_person', by: LINK_ENDED }, 'is_over');
        return null;
      }
      if (await this.formerIsStopping(manager, job)) throw new RetryLater(STOPPING_PAUSE_MS, 'the agent of the job that this one replaces is being stopped');
      if (!account) {
        await this.progress.endIn(manager, jobId, { state: 'failed', reason: 'agent_not_configured' }, 'is_over');
        return null;
      }
      if (waiting) {
        await this.progress.markWaiting(manager, job, waiting);
        return null;
      }
      return this.open(manager, job, account);
    });
  }

  /** Two agents at work on one issue would undo what the other does. But an agent that cannot be stopped does not hold up people for ever. */
  private async formerIsStopping(manager: EntityManager, { trigger, previousJobId }: JobEntity): Promise<boolean> {
    if (!previousJobId || trigger === 'retry') return false;
    const since = new Date(this.clock.now().getTime() - STOPPING_PATIENCE_MS);
    const open = await manager.query<unknown[]>('SELECT 1 FROM job_runs r JOIN jobs j ON j.id = r.job_id WHERE j.id = $1 AND r.finished_at IS NULL AND j.finished_at > $2', [previousJobId, since]);
    return open.length > 0;
  }

  /** The run begins with a conversation of its own, because the one it should have gone on with is gone. */
  async beginAfresh(job: JobEntity, run: JobRunEntity): Promise<JobRunEntity> {
    return this.db.transaction(async (manager) => {
      const conversationId = uuidv7();
      const follow: FollowMemory = { conversation: 'fresh_conversation_gone' };
      const changes = new Changes();
      changes.add((place, when) => `UPDATE job_runs SET conversation_id = ${place(conversationId)}, follow = ${place(JSON.stringify(follow))}::jsonb WHERE id = ${place(run.id)} AND ${when}`);
      changes.add((place, when) => `UPDATE jobs SET conversation_id = ${place(conversationId)} WHERE id = ${place(job.id)} AND ${when}`);
      this.progress.conversationGone(changes, job);
      await changes.run(manager);
      return { ...run, conversationId, follow };
    });
  }

  /** A run that was not handed over to the follower yet: its process died, or has to wait for the agent. */
  private async interrupted(manager: EntityManager, job: JobEntity): Promise<AdmittedRun | null> {
    const run = await manager.findOneBy(JobRunEntity, { jobId: job.id, state: 'starting' });
    return run && run.nextPollAt === null ? { run, job, isFirst: false } : null;
  }

  private async open(manager: EntityManager, job: JobEntity, account: AgentAccount): Promise<AdmittedRun> {
    const earlier = await this.conversationToGoOn(manager, job, account);
    const conversationId = earlier ?? uuidv7();
    const conversation = earlier ? 'going_on' : job.continuesJobId ? 'fresh_conversation_gone' : 'fresh';
    const startedAt = this.clock.now();
    // "A start is attempted" is committed with the run: whoever finds it after a crash looks for the conversation first.
    const follow: FollowMemory = { conversation, ...(!earlier && { startAttemptedAt: startedAt.toISOString() }) };
    const run = manager.create(JobRunEntity, { id: uuidv7(), jobId: job.id, number: 1, conversationId, agentAccount: account, state: 'starting', follow, nextPollAt: null, startedAt });
    const started = manager.create(JobEntity, { ...job, state: 'starting' as const, startedAt, conversationId });
    const changes = new Changes();
    changes.add(insertRun(run));
    changes.add((place, when) => `UPDATE jobs SET state = 'starting', started_at = ${place(startedAt)}, conversation_id = ${place(conversationId)} WHERE id = ${place(job.id)} AND ${when}`);
    this.progress.markStarting(changes, started, conversation);
    await changes.run(manager);
    return { run, job: started, isFirst: true };
  }

  /** Only under the same key: another account of the agent does not see the conversation. */
  private async conversationToGoOn(manager: EntityManager, job: JobEntity, account: AgentAccount): Promise<string | null> {
    if (!job.continuesJobId) return null;
    const earlier = await manager.findOne(JobRunEntity, { where: { jobId: job.continuesJobId }, order: { number: 'DESC' } });
    return earlier?.agentAccount === account ? earlier.conversationId : null;
  }
}

function insertRun({ id, jobId, number, conversationId, agentAccount, state, follow, startedAt }: JobRunEntity): Change {
  return (place, when) => `
    INSERT INTO job_runs (id, job_id, number, conversation_id, agent_account, state, follow, started_at)
    SELECT ${place(id)}::uuid, ${place(jobId)}::uuid, ${place(number)}::int, ${place(conversationId)}::uuid, ${place(agentAccount)}, ${place(state)}, ${place(JSON.stringify(follow))}::jsonb, ${place(startedAt)}::timestamptz
    WHERE ${when}`;
}
