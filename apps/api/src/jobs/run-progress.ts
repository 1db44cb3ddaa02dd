import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { Queue } from '../queue/queue.service.js';
import { Agent, type AgentStart } from './agent.js';
import { type FollowMemory, JobEntity, JobNoteEntity, JobRunEntity } from './jobs.entity.js';
import { Reporter } from './reporter.js';
import { Runs } from './runs.service.js';

/** From "asked to start" to "the agent works". */
@Injectable()
export class RunProgress {
  constructor(
    private readonly db: DataSource,
    private readonly runs: Runs,
    private readonly agent: Agent,
    private readonly reporter: Reporter,
    private readonly queue: Queue,
  ) {}

  /** The agent took the start; from here on the follower looks at it. */
  async handOver(run: JobRunEntity, start: AgentStart): Promise<void> {
    if (start.taskId === null) return this.markReady(run, null);
    await this.runs.markAsked(run, start.taskId);
  }

  /** The conversation exists and the agent works. `memory` is what else is to be remembered of the run by now. */
  async markReady(run: JobRunEntity, sandboxId: string | null, memory: Partial<FollowMemory> = {}): Promise<void> {
    await this.db.transaction(async (manager) => {
      if (await this.runs.markReady(manager, run, sandboxId, memory)) await this.markRunning(manager, run);
    });
  }

  private async markRunning(manager: EntityManager, run: JobRunEntity): Promise<void> {
    const { jobId } = run;
    const conversationUrl = this.agent.conversationUrl(run.conversationId);
    const changed = await manager.update(JobEntity, { id: jobId, state: 'starting' }, { state: 'running', conversationUrl });
    if (!changed.affected) return;
    const job = await manager.findOneByOrFail(JobEntity, { id: jobId });
    await this.reporter.note(manager, jobId, 'running', 'The agent works.');
    await this.reporter.status(manager, job);
    // Instructions that came meanwhile go out now.
    const hasNotes = await manager.existsBy(JobNoteEntity, { jobId, sentAt: IsNull(), failed: IsNull() });
    if (hasNotes) await this.queue.enqueue(manager, 'job-wish', { jobId }, { key: jobId });
  }
}
