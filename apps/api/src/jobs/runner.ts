import { Injectable, Logger } from '@nestjs/common';
import { alsoAbout } from '../config/work-context.js';
import { RetryLater } from '../queue/queue.service.js';
import { AgentProblem } from './agent.js';
import { AgentStarts } from './agent-starts.js';
import { type AdmittedRun, JobAdmission } from './job-admission.js';
import { JobProgress } from './job-progress.js';
import { Messenger } from './messenger.js';
import { RunProgress } from './run-progress.js';
import { type FollowedRun, isOwnKey, Runs } from './runs.service.js';

/**
 * Starts a job at the agent, once.
 *
 * 1. Admission: limits, account, a run with a conversation id of our choice, and "a start is attempted", committed.
 * 2. The agent is asked.
 * 3. The agent's task is stored, and the follower takes over.
 *
 * The process may die between any two of these. Whoever takes the queue entry then finds the run, and looks for a start
 * with its conversation id before asking again with the same id.
 */
@Injectable()
export class Runner {
  private readonly log = new Logger('jobs');

  constructor(
    private readonly admission: JobAdmission,
    private readonly starts: AgentStarts,
    private readonly messenger: Messenger,
    private readonly runs: Runs,
    private readonly runProgress: RunProgress,
    private readonly progress: JobProgress,
  ) {}

  /** Works one entry of the queue `start-job`. Throws `RetryLater` when it has to wait for the agent. */
  async start(jobId: string, userId?: string | null): Promise<void> {
    const admitted = await this.admission.admit(jobId, userId);
    if (admitted) await alsoAbout({ deliveryId: admitted.job.deliveryId ?? undefined }, () => this.startAdmitted(admitted));
  }

  private async startAdmitted(admitted: AdmittedRun): Promise<void> {
    try {
      if (admitted.run.follow.conversation === 'going_on') await this.goOn(admitted);
      else await this.startFresh(admitted);
    } catch (error) {
      if (!(error instanceof AgentProblem)) throw error;
      await this.progress.end(admitted.job.id, { state: 'failed', reason: error.reason, details: { ownKey: isOwnKey(admitted.run) } }, 'is_over');
    }
  }

  /** All attempts at an entry failed on our side. */
  async giveUp(jobId: string): Promise<void> {
    await this.progress.end(jobId, { state: 'failed', reason: 'agent_start_failed' }, 'must_be_stopped');
  }

  /** Goes on in the earlier conversation; when that is gone, the job begins afresh and says so. */
  private async goOn({ run, job }: FollowedRun): Promise<void> {
    const delivered = await this.messenger.deliver(run, 'prompt', job.followUpPrompt ?? job.prompt);
    switch (delivered.kind) {
      case 'sent': return this.runProgress.markReady(run, job, null, delivered.memory);
      case 'later': return this.waitOrFail({ run, job }, delivered.pauseMs);
      case 'gone': return this.startFresh({ run: await this.admission.beginAfresh(job, run), job, isFirst: false });
    }
  }

  private async startFresh({ run, job, isFirst }: AdmittedRun): Promise<void> {
    const result = await this.starts.begin(run, job, isFirst);
    if (result.kind === 'later') await this.waitOrFail({ run, job }, result.pauseMs);
    if (result.kind !== 'started') return;
    await this.runProgress.handOver({ run, job }, result.start);
    this.log.log({ jobId: job.id }, 'The agent was asked to start a job');
  }

  private async waitOrFail({ run, job }: FollowedRun, pauseMs: number): Promise<void> {
    if (!this.runs.isStartOverdue(run)) throw new RetryLater(pauseMs, 'the agent is not there yet');
    await this.progress.end(job.id, { state: 'failed', reason: 'agent_unreachable' }, 'must_be_stopped');
  }
}
