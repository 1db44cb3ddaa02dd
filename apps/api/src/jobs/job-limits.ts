import { Injectable } from '@nestjs/common';
import type { QueueLimit } from '@openhands-jira/domain';
import type { EntityManager } from 'typeorm';
import { AppConfig } from '../config/config.js';
import { Queue } from '../queue/queue.service.js';
import { inContext } from '../config/work-context.js';
import { aboutJob, type JobEntity } from './jobs.entity.js';

/** Why a job has to wait, and how many are before it (1 = the next). */
export interface Waiting {
  limit: QueueLimit;
  position: number;
}

/** Any number that no other lock of ours uses. */
const LIMITS_LOCK = 7_301_447;

/** One place is free now. The others are for ends at the same moment. */
const WOKEN_BY_AN_END = 3;

interface Counts {
  running: number;
  ownRunning: number;
  /** Waiting jobs that come first. Those that wait for their own person's limit do not stand in our way. */
  before: number;
  ownBefore: number;
}

const RUNNING = `state IN ('starting', 'running')`;

const BELOW_OWN_LIMIT = (limit: string): string =>
  `(job.user_id IS NULL OR ${limit}::int > (SELECT count(*) FROM jobs other WHERE other.user_id = job.user_id AND other.${RUNNING}))`;

const COUNTS = `
  SELECT
    count(*) FILTER (WHERE ${RUNNING})::int AS running,
    count(*) FILTER (WHERE ${RUNNING} AND user_id = $2)::int AS "ownRunning",
    count(*) FILTER (WHERE state = 'queued' AND id < $1 AND ${BELOW_OWN_LIMIT('$3')})::int AS before,
    count(*) FILTER (WHERE state = 'queued' AND id < $1 AND user_id = $2)::int AS "ownBefore"
  FROM jobs job WHERE state IN ('queued', 'starting', 'running')`;

const STARTABLE = `
  SELECT id, delivery_id AS "deliveryId", traceparent FROM jobs job
  WHERE state = 'queued' AND ${BELOW_OWN_LIMIT('$2')}
  ORDER BY id
  LIMIT GREATEST(0, LEAST($3::int, $1::int - (SELECT count(*) FROM jobs WHERE ${RUNNING})))`;

/**
 * How many jobs may run at once, in the installation and for one person. The agent has limits of its own and pauses the
 * oldest machines above them, so ours are decided strictly, under a lock that all processes share.
 */
@Injectable()
export class JobLimits {
  constructor(
    private readonly config: AppConfig,
    private readonly queue: Queue,
  ) {}

  /** Nobody else decides about limits until this transaction ends. */
  async lock(manager: EntityManager): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [LIMITS_LOCK]);
  }

  /** Null when the job may start now. */
  async waiting(manager: EntityManager, job: Pick<JobEntity, 'id' | 'userId'>): Promise<Waiting | null> {
    const { JOBS_MAX_RUNNING: all, JOBS_MAX_RUNNING_PER_USER: own } = this.config.env;
    const [now] = (await manager.query(COUNTS, [job.id, job.userId, own])) as [Counts];
    if (job.userId && now.ownRunning + now.ownBefore >= own) return { limit: { kind: 'person', jobs: own }, position: now.ownBefore + 1 };
    if (now.running + now.before >= all) return { limit: { kind: 'installation', jobs: all }, position: now.before + 1 };
    return null;
  }

  /** Wakes the oldest waiting jobs, because one has ended. Most of a long line has entries of its own already, so few are enough. */
  async wakeNext(manager: EntityManager): Promise<void> {
    await this.wakeWaiting(manager, WOKEN_BY_AN_END);
  }

  /** Wakes as many waiting jobs as there is room for, oldest first: now and then, for those whose entry was lost. */
  async wakeWaiting(manager: EntityManager, most = 10_000): Promise<void> {
    const { JOBS_MAX_RUNNING: all, JOBS_MAX_RUNNING_PER_USER: own } = this.config.env;
    const rows = (await manager.query(STARTABLE, [all, own, most])) as Parameters<typeof aboutJob>[0][];
    for (const job of rows) await inContext(aboutJob(job), () => this.queue.enqueue(manager, 'start-job', { jobId: job.id }, { key: job.id }));
  }
}
