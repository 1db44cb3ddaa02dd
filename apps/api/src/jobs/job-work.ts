import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { Queue } from '../queue/queue.service.js';
import { Jobs } from './jobs.service.js';
import { Notes } from './notes.service.js';
import { Runner } from './runner.js';

/** Starts and messages at the same time in one process; each is a few calls to the agent. */
const CONCURRENCY = 8;

/** Works the queues of this room, in processes that do work. */
@Injectable()
export class JobWork {
  private readonly log = new Logger('jobs');

  constructor(
    private readonly queue: Queue,
    private readonly config: AppConfig,
    private readonly runner: Runner,
    private readonly notes: Notes,
    private readonly jobs: Jobs,
  ) {}

  /** False in a process that only answers HTTP. */
  async begin(): Promise<boolean> {
    if (!this.config.runsWorker) return false;
    await this.queue.work('start-job', ({ jobId, userId }) => this.runner.start(jobId, userId), { concurrency: CONCURRENCY, onDead: ({ jobId }) => this.runner.giveUp(jobId) });
    await this.queue.work('job-wish', ({ jobId }) => this.notes.passOn(jobId), { concurrency: CONCURRENCY, onDead: ({ jobId }) => this.notes.giveUp(jobId) });
    await this.queue.work('connection-removed', ({ connectionId }) => this.jobs.cancelByConnection(connectionId), { concurrency: 1, onDead: (data) => this.cancelAgain(data) });
    return true;
  }

  /** Nobody else would ever end these jobs, so half an hour in vain is no reason to stop trying; operators hear of it. */
  private async cancelAgain({ connectionId }: { connectionId: string }): Promise<void> {
    this.log.error({ connectionId }, 'The jobs of a removed connection could not be cancelled for half an hour; trying again');
    await this.jobs.cancelByConnection(connectionId);
  }
}
