import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { Clock } from '../config/clock.js';
import type { Changes } from '../database/changes.js';
import { entityOf } from '../database/entity-rows.js';
import { INSTALLATION } from './agent.js';
import { FollowPlan } from './follow-plan.js';
import { type FollowMemory, JobEntity, JobRunEntity, REMEMBER } from './jobs.entity.js';

/** A run with its job. */
export interface FollowedRun {
  run: JobRunEntity;
  job: JobEntity;
}

/** When a run is looked at again, and what is to be remembered until then. */
export interface NextLook {
  run: JobRunEntity;
  pauseMs: number;
  memory: Partial<FollowMemory>;
}

/** True when the job runs under the person's own key for the agent. */
export function isOwnKey(run: JobRunEntity): boolean {
  return run.agentAccount !== INSTALLATION;
}

/**
 * The runs as rows: who looks at which one when. A claim moves the time of the next look into the future, by the database's
 * own clock, so two processes never look at the same run, and a process that dies only delays it.
 */
@Injectable()
export class Runs {
  constructor(
    private readonly db: DataSource,
    private readonly plan: FollowPlan,
    private readonly clock: Clock,
  ) {}

  /** Takes runs that are due, except those of the given accounts. */
  async claimDue(exceptAccounts: string[]): Promise<FollowedRun[]> {
    const rows = await this.db.query<{ run: object; job: object }[]>(CLAIM, [this.plan.leaseMs, exceptAccounts]);
    return rows.map(({ run, job }) => ({ run: entityOf(this.db, JobRunEntity, run), job: entityOf(this.db, JobEntity, job) }));
  }

  async remember(run: JobRunEntity, memory: Partial<FollowMemory>, manager: EntityManager = this.db.manager): Promise<void> {
    Object.assign(run.follow, memory);
    await manager.query(REMEMBER, [run.id, JSON.stringify(memory)]);
  }

  /** Remembers, before the agent is asked, that it is. False when the run is no longer to be started. */
  async rememberStartAttempt(run: JobRunEntity): Promise<boolean> {
    const memory: Partial<FollowMemory> = { startAttemptedAt: this.clock.now().toISOString() };
    Object.assign(run.follow, memory);
    const [rows] = (await this.db.query(`${REMEMBER} AND state = 'starting' RETURNING id`, [run.id, JSON.stringify(memory)])) as [unknown[], number];
    return rows.length > 0;
  }

  /** The conversation exists: remembers that, with whatever else is to be remembered, and when to look. A run that was ready before, or is being stopped, keeps its state. */
  markReadyIn(changes: Changes, run: JobRunEntity, sandboxId: string | null, memory: Partial<FollowMemory>): void {
    const now = this.clock.now().toISOString();
    const news: Partial<FollowMemory> = { ...memory, readyAt: now, unchangedSince: now };
    Object.assign(run.follow, news);
    const pause = Math.round(this.pause(run));
    changes.add((place, when) => `
      UPDATE job_runs SET
        follow = follow || ${place(JSON.stringify(news))}::jsonb,
        next_poll_at = CASE WHEN finished_at IS NULL THEN now() + ${place(pause)}::int * interval '1 millisecond' ELSE next_poll_at END,
        state = CASE WHEN state = 'starting' THEN 'running' ELSE state END,
        sandbox_id = CASE WHEN state = 'starting' THEN ${place(sandboxId)} ELSE sandbox_id END
      WHERE id = ${place(run.id)} AND ${when}`);
  }

  /** The agent took the start under this name; it is looked at from now on. */
  async markAsked(run: JobRunEntity, startTaskId: string): Promise<void> {
    await this.db.query(`UPDATE job_runs SET start_task_id = $2, next_poll_at = CASE WHEN finished_at IS NULL THEN now() + $3::int * interval '1 millisecond' ELSE next_poll_at END WHERE id = $1`, [run.id, startTaskId, Math.round(this.pause(run))]);
  }

  /** Pause before the next look at this run. */
  pause(run: JobRunEntity): number {
    const { readyAt } = run.follow;
    return readyAt ? this.plan.conversationLook(this.age(readyAt)) : this.plan.startLook(this.age(run.startedAt.toISOString()));
  }

  isStartOverdue(run: JobRunEntity): boolean {
    return this.age(run.startedAt.toISOString()) >= this.plan.startLimitMs;
  }

  /** The next look, so many milliseconds from now, and what is to be remembered until then. */
  lookAgain(run: JobRunEntity, pauseMs: number, memory: Partial<FollowMemory> = {}): Promise<void> {
    return this.lookAgainAtAll([{ run, pauseMs, memory }]);
  }

  /** The same for several runs, with one statement. */
  async lookAgainAtAll(looks: NextLook[]): Promise<void> {
    if (looks.length === 0) return;
    for (const { run, memory } of looks) Object.assign(run.follow, memory);
    await this.db.query(LOOK_AGAIN, [JSON.stringify(looks.map(({ run, pauseMs, memory }) => ({ id: run.id, pause: Math.round(pauseMs), memory }))), looks.map(({ run }) => run.id)]);
  }

  /** The run of a job that is followed, or being stopped. */
  async openRunOf(jobId: string): Promise<JobRunEntity | null> {
    return this.db.manager.findOne(JobRunEntity, { where: { jobId, finishedAt: IsNull() }, order: { number: 'DESC' } });
  }

  private age(iso: string): number {
    return this.clock.now().getTime() - Date.parse(iso);
  }
}

const LOOK_AGAIN = `
  UPDATE job_runs SET
    follow = follow || look.memory,
    next_poll_at = CASE WHEN finished_at IS NULL THEN now() + look.pause * interval '1 millisecond' ELSE next_poll_at END
  FROM jsonb_to_recordset($1::jsonb) AS look (id uuid, pause int, memory jsonb)
  WHERE job_runs.id = ANY ($2::uuid[]) AND job_runs.id = look.id`;

const CLAIM = `
  WITH claimed AS (
    UPDATE job_runs SET next_poll_at = now() + $1::int * interval '1 millisecond'
    WHERE id IN (
      SELECT id FROM job_runs
      WHERE finished_at IS NULL AND next_poll_at <= now() AND NOT (agent_account = ANY ($2::text[]))
      ORDER BY next_poll_at LIMIT 200 FOR UPDATE SKIP LOCKED
    )
    RETURNING *
  )
  SELECT to_json(claimed) AS run, to_json(job) AS job FROM claimed JOIN jobs job ON job.id = claimed.job_id`;
