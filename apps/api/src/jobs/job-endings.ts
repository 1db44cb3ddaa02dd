import { Injectable, Logger } from '@nestjs/common';
import type { JobCancelReason, JobFailureReason } from '@openhands-jira/contracts';
import { type FailureDetails, pullRequestUrls } from '@openhands-jira/domain';
import type { EntityManager } from 'typeorm';
import { type Change, Changes } from '../database/changes.js';
import { entityOf } from '../database/entity-rows.js';
import { storableText } from '../database/stored-text.js';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { JobLimits, type WaitingJob } from './job-limits.js';
import { ACTIVE_STATES, JobEntity, type RunState } from './jobs.entity.js';
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

  /** A transaction in which jobs are ended. Must not be called within another one. */
  inTurn<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.limits.inTurn(work);
  }

  /**
   * Ends the job. False when it had ended before; then nothing changes. `unlessSpokenSince`: false as well when an instruction is on
   * its way to the agent, or got there after that time.
   */
  async end(manager: EntityManager, jobId: string, ending: Ending, agent: AgentAfterwards, unlessSpokenSince: Date | null = null): Promise<boolean> {
    const now = this.clock.now();
    // The lock keeps the count of running jobs exact while a freed place is given away.
    if (!(await this.limits.lockWith(manager, jobId))) return false;
    const look = await this.lastLook(manager, jobId);
    if (!look) return false;
    const { job, instructions, startable } = look;
    if (unlessSpokenSince && instructions.some((one) => isOnItsWay(one, unlessSpokenSince))) return false;
    const ended = manager.create(JobEntity, { ...job, ...this.columnsOf(ending), mark: null, finishedAt: now });
    const changes = new Changes();
    changes.add(closeJob(ended));
    changes.add(closeRuns(ended, agent));
    const unheard = this.closeNotes(changes, jobId, instructions);
    this.reporter.note(changes, jobId, ending.state, ending.state === 'succeeded' ? 'The run ended with a text.' : ending.reason);
    this.reporter.ended(changes, ended, ending.state === 'failed' ? (ending.details ?? {}) : {}, unheard);
    this.limits.wakeIn(changes, startable);
    await changes.run(manager);
    this.log.log({ jobId, issueKey: job.issueKey, state: ending.state, ...('reason' in ending && { reason: ending.reason }) }, 'A job has ended');
    return true;
  }

  /** Everything that has to be known of a job at its end; undefined when it is not active. */
  private async lastLook(manager: EntityManager, jobId: string): Promise<{ job: JobEntity; instructions: Instruction[]; startable: WaitingJob[] } | undefined> {
    const look = `SELECT to_json(job) AS job, ${INSTRUCTIONS} AS instructions, ${this.limits.nextOnes('job.id')} AS startable FROM jobs job WHERE job.id = $1 AND job.state = ANY ($2::text[])`;
    const [row] = await manager.query<{ job: object; instructions: Instruction[]; startable: WaitingJob[] }[]>(look, [jobId, ACTIVE_STATES]);
    return row && { ...row, job: entityOf(manager.dataSource, JobEntity, row.job) };
  }

  private columnsOf(ending: Ending): Partial<JobEntity> {
    if (ending.state === 'cancelled') return { state: 'cancelled', cancelReason: ending.reason, cancelledBy: ending.by ?? null };
    const text = ending.text ? storableText(ending.text) : null;
    const result = { resultText: text, pullRequests: text ? pullRequestUrls(text, this.config.gitProviders) : [] };
    return ending.state === 'succeeded' ? { state: 'succeeded', ...result } : { state: 'failed', failure: ending.reason, ...result };
  }

  /** Instructions that are still waiting will never reach the agent. Gives everybody whose words did not. */
  private closeNotes(changes: Changes, jobId: string, instructions: Instruction[]): string[] {
    const open = instructions.filter((one) => one.sentAt === null && !one.failed);
    if (open.length > 0) changes.add((place, when) => `UPDATE job_notes SET failed = 'job_ended' WHERE id = ANY (${place(open.map(({ id }) => id))}::uuid[]) AND ${when}`);
    for (const { from } of open) this.reporter.note(changes, jobId, 'note_not_passed_on', `From ${from}: the job has ended.`);
    return instructions.filter((one) => one.failed || open.includes(one)).map(({ from }) => from);
  }
}

/** An instruction for the job, as JSON tells it. */
interface Instruction {
  id: string;
  from: string;
  sentAt: string | null;
  failed: string | null;
}

const INSTRUCTIONS = `
  (SELECT coalesce(json_agg(json_build_object('id', id, 'from', from_name, 'sentAt', sent_at, 'failed', failed) ORDER BY id), '[]') FROM job_notes WHERE job_id = job.id)`;

function isOnItsWay({ failed, sentAt }: Instruction, since: Date): boolean {
  return !failed && (sentAt === null || new Date(sentAt) >= since);
}

function closeJob({ id, state, failure, cancelReason, cancelledBy, resultText, pullRequests, finishedAt }: JobEntity): Change {
  return (place, when) => `
    UPDATE jobs SET state = ${place(state)}, failure = ${place(failure)}, cancel_reason = ${place(cancelReason)}, cancelled_by = ${place(cancelledBy)}, result_text = ${place(resultText)},
      pull_requests = ${place(pullRequests)}::text[], mark = NULL, finished_at = ${place(finishedAt)}
    WHERE id = ${place(id)} AND ${when}`;
}

/** A run whose agent must be stopped is followed until that is done, beginning at once. */
function closeRuns({ id, state, failure, finishedAt }: JobEntity, agent: AgentAfterwards): Change {
  const end = agent === 'is_over' ? { state, finishedAt } : { state: 'stopping' satisfies RunState, finishedAt: null };
  return (place, when) => `
    UPDATE job_runs SET state = ${place(end.state)}, failure = ${place(failure)}, finished_at = ${place(end.finishedAt)}, next_poll_at = ${end.finishedAt ? 'next_poll_at' : 'now()'}
    WHERE job_id = ${place(id)} AND finished_at IS NULL AND ${when}`;
}
