import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type AgentAfterwards, type Ending, JobEndings } from './job-endings.js';
import type { Waiting } from './job-limits.js';
import { JobEntity, JobEventEntity, type JobRunEntity } from './jobs.entity.js';
import { Reporter } from './reporter.js';

export type JobMarkColumn = JobEntity['mark'];

/** Events that the status comment tells of. */
type ShownEvent = 'agent_not_reachable' | 'resumed' | 'note_passed_on' | 'note_not_passed_on';

/** Every step of a job on its way: the state, the timeline and the status comment change together, in one transaction. */
@Injectable()
export class JobProgress {
  constructor(
    private readonly db: DataSource,
    private readonly reporter: Reporter,
    private readonly endings: JobEndings,
  ) {}

  /** A limit is reached; the job stays in line. */
  async markWaiting(manager: EntityManager, job: JobEntity, waiting: Waiting): Promise<void> {
    const known = await manager.existsBy(JobEventEntity, { jobId: job.id, kind: 'queued' });
    if (known) return;
    await this.reporter.note(manager, job.id, 'queued', `Position ${waiting.position}, limit of the ${waiting.limit.kind}.`);
    await this.reporter.status(manager, job, waiting);
  }

  async markStarting(manager: EntityManager, job: JobEntity): Promise<void> {
    await this.reporter.note(manager, job.id, 'starting', 'The agent is asked to start.');
    await this.reporter.status(manager, job);
  }

  async conversationGone(manager: EntityManager, job: JobEntity): Promise<void> {
    await this.reporter.note(manager, job.id, 'conversation_gone', 'The earlier conversation is gone; a fresh one begins.');
    await this.reporter.status(manager, job);
  }

  /** The job has, or no longer has, a mark that people should know of. */
  async setMark(jobId: string, mark: JobMarkColumn): Promise<void> {
    await this.db.transaction(async (manager) => {
      const changed = await manager.update(JobEntity, { id: jobId, state: 'running' }, { mark });
      if (!changed.affected) return;
      const job = await manager.findOneByOrFail(JobEntity, { id: jobId });
      if (mark === null) return this.reporter.status(manager, job);
      await this.reporter.note(manager, jobId, mark, MARK_WORDS[mark]);
      if (mark === 'suspended') return this.reporter.status(manager, job);
      await this.reporter.needsInput(manager, job, await manager.countBy(JobEventEntity, { jobId, kind: 'needs_input' }));
    });
  }

  /** Something happened that the status comment shows. */
  async noteAndShow(jobId: string, kind: ShownEvent, detail: string): Promise<void> {
    await this.db.transaction((manager) => this.noteAndShowIn(manager, jobId, kind, detail));
  }

  async noteAndShowIn(manager: EntityManager, jobId: string, kind: ShownEvent, detail: string): Promise<void> {
    await this.reporter.note(manager, jobId, kind, detail);
    const job = await manager.findOneByOrFail(JobEntity, { id: jobId });
    if (job.state === 'running') await this.reporter.status(manager, job);
  }

  async end(jobId: string, ending: Ending, agent: AgentAfterwards): Promise<boolean> {
    return this.db.transaction((manager) => this.endIn(manager, jobId, ending, agent));
  }

  async endIn(manager: EntityManager, jobId: string, ending: Ending, agent: AgentAfterwards): Promise<boolean> {
    return this.endings.end(manager, jobId, ending, agent);
  }

  /** Ends the job with success, unless somebody's instruction is on its way to the agent or got there after `seenAt`. */
  async succeed(run: JobRunEntity, text: string | null, seenAt: Date): Promise<boolean> {
    return this.db.transaction(async (manager) => {
      await this.endings.lockFor(manager);
      await manager.findOne(JobEntity, { where: { id: run.jobId }, lock: { mode: 'pessimistic_write' } });
      const [{ busy }] = (await manager.query(HAS_NOTES, [run.jobId, seenAt])) as [{ busy: boolean }];
      return busy ? false : this.endIn(manager, run.jobId, { state: 'succeeded', text }, 'is_over');
    });
  }
}

const MARK_WORDS = {
  needs_input: 'The agent waits for a confirmation.',
  suspended: 'Somebody paused the agent in its own page.',
};

const HAS_NOTES = `
  SELECT EXISTS (SELECT 1 FROM job_notes WHERE job_id = $1 AND failed IS NULL AND (sent_at IS NULL OR sent_at >= $2)) AS busy`;
