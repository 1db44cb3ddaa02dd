import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { Clock } from '../config/clock.js';
import { RetryLater } from '../queue/queue.service.js';
import { AgentProblem } from './agent.js';
import { FollowPlan } from './follow-plan.js';
import { type FollowMemory, JobEntity, JobNoteEntity, type JobRunEntity } from './jobs.entity.js';
import { JobProgress } from './job-progress.js';
import { Messenger } from './messenger.js';
import { Runs } from './runs.service.js';

/** Passes instructions on to jobs that are at work, in the order in which they came. */
@Injectable()
export class Notes {
  constructor(
    private readonly db: DataSource,
    private readonly messenger: Messenger,
    private readonly runs: Runs,
    private readonly progress: JobProgress,
    private readonly plan: FollowPlan,
    private readonly clock: Clock,
  ) {}

  /** Works one entry of the queue `job-wish`. A job that has not started yet gets its notes when it has. */
  async passOn(jobId: string): Promise<void> {
    for (;;) {
      const job = await this.db.manager.findOneBy(JobEntity, { id: jobId });
      const note = await this.db.manager.findOne(JobNoteEntity, { where: { jobId, sentAt: IsNull(), failed: IsNull() }, order: { id: 'ASC' } });
      if (job?.state !== 'running' || !note) return;
      await this.deliver(job, note);
    }
  }

  /** All attempts failed on our side. */
  async giveUp(jobId: string): Promise<void> {
    const notes = await this.db.manager.findBy(JobNoteEntity, { jobId, sentAt: IsNull(), failed: IsNull() });
    for (const note of notes) await this.notPassedOn(note, 'internal_error');
  }

  private async deliver(job: JobEntity, note: JobNoteEntity): Promise<void> {
    const run = await this.runs.openRunOf(job.id);
    if (!run) return this.notPassedOn(note, 'job_ended');
    const delivered = await this.messenger.deliver(run, `note:${note.id}`, note.text).catch(asGone);
    if (delivered.kind === 'sent') return this.passedOn(note, run, delivered.memory);
    if (delivered.kind === 'gone' || this.clock.now().getTime() - note.createdAt.getTime() >= this.plan.noteLimitMs) return this.notPassedOn(note, delivered.kind);
    throw new RetryLater(delivered.pauseMs, 'the agent cannot be spoken to yet');
  }

  /** One transaction with what the run remembers: a death in between must not say it to the agent twice. */
  private async passedOn(note: JobNoteEntity, run: JobRunEntity, memory: Partial<FollowMemory>): Promise<void> {
    await this.db.transaction(async (manager) => {
      await this.runs.remember(run, memory, manager);
      await manager.update(JobNoteEntity, { id: note.id }, { sentAt: this.clock.now() });
      await this.progress.noteAndShowIn(manager, note.jobId, 'note_passed_on', `From ${note.fromName}.`);
    });
  }

  private async notPassedOn(note: JobNoteEntity, why: keyof typeof WHY): Promise<void> {
    await this.db.transaction(async (manager) => {
      await manager.update(JobNoteEntity, { id: note.id }, { failed: why });
      await this.progress.noteAndShowIn(manager, note.jobId, 'note_not_passed_on', `From ${note.fromName}: ${WHY[why]}`);
    });
  }
}

/** What people read of it in the timeline. */
const WHY = {
  gone: 'the conversation is gone.',
  later: 'the agent could not be spoken to in time.',
  job_ended: 'the job has ended.',
  internal_error: 'it failed on our side.',
};

function asGone(error: unknown): { kind: 'gone' } {
  if (error instanceof AgentProblem) return { kind: 'gone' };
  throw error;
}
