import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Changes } from '../database/changes.js';
import { Queue } from '../queue/queue.service.js';
import { type AgentAfterwards, type Ending, JobEndings } from './job-endings.js';
import type { Waiting } from './job-limits.js';
import { HAS_OPEN_NOTES, JobEntity, JobEventEntity, type JobRunEntity, type RunConversation } from './jobs.entity.js';
import type { TimelineKind } from './job-timeline.js';
import { NOTHING_YET, Reporter } from './reporter.js';

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
    private readonly queue: Queue,
  ) {}

  /** A limit is reached; the job stays in line. */
  async markWaiting(manager: EntityManager, job: JobEntity, waiting: Waiting): Promise<void> {
    const known = await manager.existsBy(JobEventEntity, { jobId: job.id, kind: 'queued' });
    if (known) return;
    const changes = new Changes();
    this.reporter.note(changes, job.id, 'queued', `Position ${waiting.position}, limit of the ${waiting.limit.kind}.`);
    this.reporter.status(changes, job, NOTHING_YET, waiting);
    await changes.run(manager);
  }

  /** `conversation`: whether the run begins afresh. */
  markStarting(changes: Changes, job: JobEntity, conversation: RunConversation): void {
    this.reporter.note(changes, job.id, 'starting', 'The agent is asked to start.');
    this.reporter.status(changes, job, { ...NOTHING_YET, conversation });
  }

  conversationGone(changes: Changes, job: JobEntity): void {
    this.reporter.note(changes, job.id, 'conversation_gone', 'The earlier conversation is gone; a fresh one begins.');
    this.reporter.status(changes, job, { ...NOTHING_YET, conversation: 'fresh_conversation_gone' });
  }

  /** The job has, or no longer has, a mark that people should know of. */
  async setMark(jobId: string, mark: JobMarkColumn): Promise<void> {
    await this.db.transaction(async (manager) => {
      const changed = await manager.update(JobEntity, { id: jobId, state: 'running' }, { mark });
      if (!changed.affected) return;
      const job = await manager.findOneByOrFail(JobEntity, { id: jobId });
      if (mark !== null) await this.note(manager, jobId, mark, MARK_WORDS[mark]);
      if (mark !== 'needs_input') return this.show(manager, job);
      const changes = new Changes();
      const waits = await manager.countBy(JobEventEntity, { jobId, kind: 'needs_input' });
      this.reporter.needsInput(changes, job, await this.reporter.told(manager, jobId), waits);
      await changes.run(manager);
    });
  }

  /** Something happened that the status comment shows. */
  async noteAndShow(jobId: string, kind: ShownEvent, detail: string): Promise<void> {
    await this.db.transaction((manager) => this.noteAndShowIn(manager, jobId, kind, detail));
  }

  async noteAndShowIn(manager: EntityManager, jobId: string, kind: ShownEvent, detail: string): Promise<void> {
    await this.note(manager, jobId, kind, detail);
    // Held, because an end at the same moment has the last word in the status comment.
    const job = await manager.findOneOrFail(JobEntity, { where: { id: jobId }, lock: { mode: 'pessimistic_read' } });
    if (job.state === 'running') await this.show(manager, job);
  }

  async end(jobId: string, ending: Ending, agent: AgentAfterwards): Promise<boolean> {
    return this.endings.inTurn((manager) => this.endIn(manager, jobId, ending, agent));
  }

  async endIn(manager: EntityManager, jobId: string, ending: Ending, agent: AgentAfterwards): Promise<boolean> {
    return this.endings.end(manager, jobId, ending, agent);
  }

  /** Ends the job with success, unless somebody's instruction is on its way to the agent or got there after `seenAt`. */
  async succeed(run: JobRunEntity, text: string | null, seenAt: Date): Promise<boolean> {
    return this.endings.inTurn(async (manager) => {
      const ended = await this.endings.end(manager, run.jobId, { state: 'succeeded', text }, 'is_over', seenAt);
      // An instruction that came while the agent started may have been looked at too early.
      if (!ended) await this.queue.enqueue(manager, 'job-wish', { jobId: run.jobId }, { key: run.jobId, onlyIf: HAS_OPEN_NOTES });
      return ended;
    });
  }

  /** By a statement of its own, because the status comment tells of it. */
  private async note(manager: EntityManager, jobId: string, kind: TimelineKind, detail: string): Promise<void> {
    const changes = new Changes();
    this.reporter.note(changes, jobId, kind, detail);
    await changes.run(manager);
  }

  private async show(manager: EntityManager, job: JobEntity): Promise<void> {
    const changes = new Changes();
    this.reporter.status(changes, job, await this.reporter.told(manager, job.id));
    await changes.run(manager);
  }
}

const MARK_WORDS = {
  needs_input: 'The agent waits for a confirmation.',
  suspended: 'Somebody paused the agent in its own page.',
};
