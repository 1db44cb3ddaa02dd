import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Change, Changes } from '../database/changes.js';
import { Queue } from '../queue/queue.service.js';
import { Agent, type AgentStart } from './agent.js';
import { type FollowMemory, HAS_OPEN_NOTES, JobEntity, type JobRunEntity } from './jobs.entity.js';
import { NOTHING_YET, Reporter } from './reporter.js';
import { type FollowedRun, Runs } from './runs.service.js';

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
  async handOver({ run, job }: FollowedRun, start: AgentStart): Promise<void> {
    if (start.taskId === null) return this.markReady(run, job, null);
    await this.runs.markAsked(run, start.taskId);
  }

  /** The conversation exists and the agent works. `memory` is what else is to be remembered of the run by now. */
  async markReady(run: JobRunEntity, job: JobEntity, sandboxId: string | null, memory: Partial<FollowMemory> = {}): Promise<void> {
    const running = this.db.manager.create(JobEntity, { ...job, state: 'running' as const, conversationUrl: this.agent.conversationUrl(run.conversationId) });
    const changes = Changes.atOnce();
    const nowRunning = changes.first(markRunning(running));
    this.runs.markReadyIn(changes, run, sandboxId, memory);
    changes.onlyWith(nowRunning);
    this.reporter.note(changes, running.id, 'running', 'The agent works.');
    this.reporter.status(changes, running, { ...NOTHING_YET, conversation: run.follow.conversation ?? null });
    // Instructions that came meanwhile go out now.
    this.queue.add(changes, 'job-wish', [{ jobId: running.id }], { key: running.id, onlyIf: HAS_OPEN_NOTES });
    await changes.run(this.db);
  }
}

function markRunning({ id, conversationUrl }: JobEntity): Change {
  return (place, when) => `UPDATE jobs SET state = 'running', conversation_url = ${place(conversationUrl)} WHERE id = ${place(id)} AND state = 'starting' AND ${when} RETURNING id`;
}
