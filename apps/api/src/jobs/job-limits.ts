import { Injectable } from '@nestjs/common';
import type { QueueLimit } from '@openhands-jira/domain';
import { DataSource, type EntityManager } from 'typeorm';
import { AppConfig } from '../config/config.js';
import { Changes } from '../database/changes.js';
import { entityOf } from '../database/entity-rows.js';
import { isInQueue, Queue } from '../queue/queue.service.js';
import { inContext } from '../config/work-context.js';
import { aboutJob, JobEntity } from './jobs.entity.js';

/** Why a job has to wait, and how many are before it (1 = the next). */
export interface Waiting {
  limit: QueueLimit;
  position: number;
}

/** Any number that no other lock of ours uses. */
const LIMITS_LOCK = 7_301_447;

/** One place is free now. The others are for ends at the same moment. */
const WOKEN_BY_AN_END = 3;
const MOST_WOKEN = 10_000;
const WOKEN_TOGETHER = 100;

interface Counts {
  running: number;
  ownRunning: number;
  /** Waiting jobs that come first. Those that wait for their own person's limit do not stand in our way. */
  before: number;
  ownBefore: number;
}

const NOBODY = `'00000000-0000-0000-0000-000000000000'::uuid`;

const RUNNING = `state IN ('starting', 'running')`;

/** How many jobs of each person run; `except` is a job that counts as over. Asked once for a whole line of waiting jobs, which may be long. */
const busy = (except = NOBODY): string => `(SELECT user_id AS person, count(*) AS jobs FROM jobs WHERE ${RUNNING} AND id <> ${except} GROUP BY user_id)`;

/** `Counts` as seen by one job, as JSON; the places of its id, of its person, and of the limit for one person. Who is how busy is asked only when somebody waits. */
const counts = (id: string, person: string, own: string): string => `
  (WITH busy AS MATERIALIZED ${busy()}
  SELECT json_build_object('running', runs."all", 'ownRunning', runs.own, 'before', waits."all", 'ownBefore', waits.own) FROM
    (SELECT count(*) AS "all", count(*) FILTER (WHERE user_id = ${person}) AS own FROM jobs WHERE ${RUNNING}) AS runs,
    (SELECT count(*) FILTER (WHERE coalesce(busy.jobs, 0) < ${own}) AS "all", count(*) FILTER (WHERE user_id = ${person}) AS own
      FROM jobs waiting LEFT JOIN busy ON busy.person = waiting.user_id WHERE state = 'queued' AND id < ${id}) AS waits)`;

/** A job that may start as soon as somebody looks at it again. */
export type WaitingJob = Parameters<typeof aboutJob>[0];

/** The first jobs in line that there is room for; `ended` is a job that counts as over, `also` a further condition about the row `waiting`, in SQL. */
const startable = (all: number, own: number, most: number, ended: string, also: string): string => `
  SELECT id, delivery_id AS "deliveryId", traceparent FROM jobs waiting LEFT JOIN ${busy(ended)} AS busy ON busy.person = waiting.user_id
  WHERE state = 'queued' AND waiting.id <> ${ended} AND coalesce(busy.jobs, 0) < ${own} AND ${also}
  ORDER BY id
  LIMIT GREATEST(0, LEAST(${most}, ${all} - (SELECT count(*) FROM jobs running WHERE running.${RUNNING} AND running.id <> ${ended})))`;

/**
 * How many jobs may run at once, in the installation and for one person. The agent has limits of its own and pauses the
 * oldest machines above them, so ours are decided strictly, under a lock that all processes share.
 */
@Injectable()
export class JobLimits {
  /** The latest transaction of this process that takes the lock. */
  private latest: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly db: DataSource,
    private readonly config: AppConfig,
    private readonly queue: Queue,
  ) {}

  /**
   * A transaction that takes the lock. Those of one process come one after the other, because each that waits for the lock keeps a
   * connection to the database from everybody else. Must not be called within another one.
   */
  inTurn<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const turn = this.latest.then(() => this.db.transaction(work));
    this.latest = turn.catch(() => undefined);
    return turn;
  }

  /** Until this transaction ends nobody else decides about limits, or changes this job. False when there is no such job. */
  async lockWith(manager: EntityManager, jobId: string): Promise<boolean> {
    const rows = (await manager.query(LOCK_WITH, [LIMITS_LOCK, jobId])) as unknown[];
    return rows.length > 0;
  }

  /** Whether a job that is about to be added will have to wait; null when it may start at once. */
  async waiting(manager: EntityManager, job: Pick<JobEntity, 'id' | 'userId'>): Promise<Waiting | null> {
    const [now] = (await manager.query(`SELECT ${counts('$1::uuid', '$2::uuid', '$3')} AS now`, [job.id, job.userId, this.config.env.JOBS_MAX_RUNNING_PER_USER])) as [{ now: Counts }];
    return this.inLine(job, now.now);
  }

  /** A job under the lock of all processes, whether it has to wait, and whether its person is still linked. Null when there is no such job. */
  async look(manager: EntityManager, jobId: string): Promise<{ job: JobEntity; waiting: Waiting | null; isLinked: boolean } | null> {
    const [row] = await manager.query<{ job: object; now: Counts; isLinked: boolean }[]>(LOOK, [jobId, this.config.env.JOBS_MAX_RUNNING_PER_USER]);
    if (!row) return null;
    const job = entityOf(this.db, JobEntity, row.job);
    return { job, waiting: this.inLine(job, row.now), isLinked: row.isLinked };
  }

  private inLine({ userId }: Pick<JobEntity, 'userId'>, now: Counts): Waiting | null {
    const { JOBS_MAX_RUNNING: all, JOBS_MAX_RUNNING_PER_USER: own } = this.config.env;
    if (userId && now.ownRunning + now.ownBefore >= own) return { limit: { kind: 'person', jobs: own }, position: now.ownBefore + 1 };
    if (now.running + now.before >= all) return { limit: { kind: 'installation', jobs: all }, position: now.before + 1 };
    return null;
  }

  /** SQL for the jobs to be woken by the end of another, as JSON. Most of a long line has entries of its own already, so few are enough. */
  nextOnes(ended: string): string {
    const { JOBS_MAX_RUNNING: all, JOBS_MAX_RUNNING_PER_USER: own } = this.config.env;
    return `(SELECT coalesce(json_agg(next), '[]') FROM (${startable(all, own, WOKEN_BY_AN_END, ended, WAS_SENT_BACK)}) AS next)`;
  }

  /** Has these jobs looked at again, as one of several changes. */
  wakeIn(changes: Changes, jobs: WaitingJob[]): void {
    for (const job of jobs) inContext(aboutJob(job), () => this.queue.add(changes, 'start-job', [{ jobId: job.id }], { key: job.id }));
  }

  /** Wakes as many waiting jobs as there is room for, oldest first: now and then, for those whose entry was lost. */
  async wakeWaiting(manager: EntityManager): Promise<void> {
    const { JOBS_MAX_RUNNING: all, JOBS_MAX_RUNNING_PER_USER: own } = this.config.env;
    const jobs = (await manager.query(startable(all, own, MOST_WOKEN, NOBODY, `NOT ${isInQueue('start-job', 'waiting.id::text')}`))) as WaitingJob[];
    for (let done = 0; done < jobs.length; done += WOKEN_TOGETHER) {
      const changes = new Changes();
      this.wakeIn(changes, jobs.slice(done, done + WOKEN_TOGETHER));
      await changes.run(manager);
    }
  }
}

/** A job that was never looked at still has its first entry. Without this each end would add three more to a line that is only worked slowly. */
const WAS_SENT_BACK = `EXISTS (SELECT FROM job_events WHERE job_id = waiting.id AND kind = 'queued')`;

/** About the row `job`. */
const IS_LINKED = `EXISTS (SELECT FROM links WHERE links.connection_id = job.connection_id AND links.user_id = job.user_id)`;

const LOOK = `SELECT to_json(job) AS job, ${counts('job.id', 'job.user_id', '$2')} AS now, ${IS_LINKED} AS "isLinked" FROM jobs job WHERE job.id = $1`;

const LOCK_WITH = `
  WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock($1))
  SELECT jobs.id FROM locked, jobs WHERE jobs.id = $2 FOR UPDATE OF jobs`;
