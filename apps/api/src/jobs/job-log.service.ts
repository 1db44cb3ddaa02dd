import { Injectable } from '@nestjs/common';
import type { Job, JobAccepted, JobDetail, JobQuery, Page } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { IssueWriteEntity } from '../comments/issue-write.entity.js';
import { IssueWrites } from '../comments/issue-writes.service.js';
import type { Caller } from '../security/access.js';
import { notFound, Problem } from '../security/problem.js';
import { JobEntity, type JobEventEntity, JobRunEntity } from './jobs.entity.js';
import { Jobs } from './jobs.service.js';
import { JobTimeline } from './job-timeline.js';

/** Administrators and the owner of the connection see all jobs of it, others only their own. `:userId`, `:isAdmin`: the caller. */
const VISIBLE = `(:isAdmin OR job.user_id = :userId OR EXISTS (SELECT 1 FROM connections c WHERE c.id = job.connection_id AND c.owner_id = :userId))`;

/** Jobs for people: the list, one job with its story, and the two things that one can do with it. */
@Injectable()
export class JobLog {
  constructor(
    private readonly db: DataSource,
    private readonly jobs: Jobs,
    private readonly writes: IssueWrites,
    private readonly timeline: JobTimeline,
  ) {}

  /** Newest first. The cursor is the id of the last job of the page before. */
  async list(caller: Caller, query: JobQuery): Promise<Page<Job>> {
    const found = findJobs(caller, query);
    const rows = await this.db.manager.createQueryBuilder(JobEntity, 'job').where(`job.id IN (${found.sql})`, found.values).orderBy('job.id', 'DESC').getMany();
    const items = rows.slice(0, query.limit).map(toJob);
    return { items, nextCursor: rows.length > query.limit ? items.at(-1)!.id : null };
  }

  async detail(caller: Caller, id: string): Promise<JobDetail> {
    const job = await this.find(caller, id);
    const runs = await this.db.manager.find(JobRunEntity, { where: { jobId: id }, order: { number: 'ASC' } });
    return {
      ...toJob(job),
      deliveryId: job.deliveryId,
      resultText: job.resultText,
      pullRequests: job.pullRequests,
      runs: runs.map(toRun),
      comments: (await this.writes.ofJob(id)).filter((write) => write.kind === 'comment').map(toComment),
      timeline: (await this.timeline.of(this.db.manager, id)).map(toEvent),
    };
  }

  async cancel(caller: Caller, id: string): Promise<JobAccepted> {
    const job = await this.find(caller, id);
    const by = await this.nameOf(caller);
    const cancelled = await this.db.transaction((manager) => this.jobs.cancel(manager, job.id, { reason: 'stopped_by_person', ...(by && { by }) }));
    if (!cancelled) throw new Problem(409, 'not_cancellable', 'This job is over already, so there is nothing to cancel.');
    return { jobId: job.id };
  }

  /** A job that the caller may see; anybody else gets a 404. */
  async find(caller: Caller, id: string): Promise<JobEntity> {
    const job = await this.visibleTo(caller).andWhere('job.id = :id', { id }).getOne();
    if (!job) throw notFound('job');
    return job;
  }

  private visibleTo(caller: Caller) {
    return this.db.manager.createQueryBuilder(JobEntity, 'job').where(VISIBLE, { userId: caller.userId, isAdmin: caller.isAdmin });
  }

  private async nameOf(caller: Caller): Promise<string | null> {
    if (caller.userId === null) return 'an administrator';
    const [user] = (await this.db.query('SELECT name FROM users WHERE id = $1', [caller.userId])) as { name: string }[];
    return user?.name ?? null;
  }
}

/**
 * The ids of a page, and one more if there is another page. Each way walks an index that is sorted like the list and stops
 * when the page is full.
 */
function findJobs(caller: Caller, { cursor, limit, ...query }: JobQuery): { sql: string; values: Record<string, unknown> } {
  const conditions = [query.state && 'j.state = :state', query.issueKey && 'j.issue_key = :issueKey', cursor && 'j.id < :cursor'];
  const values = { userId: caller.userId, ...query, ...(cursor && { cursor: readCursor(cursor) }) };
  const page = (first: string): string => `SELECT j.id FROM jobs j WHERE ${[first, ...conditions].filter(Boolean).join(' AND ')} ORDER BY j.id DESC LIMIT ${limit + 1}`;
  if (caller.isAdmin) return { sql: page('true'), values };
  const owned = `SELECT j.id FROM connections c CROSS JOIN LATERAL (${page('j.connection_id = c.id')}) j WHERE c.owner_id = :userId`;
  return { sql: `SELECT j.id FROM ((${page('j.user_id = :userId')}) UNION ${owned}) j ORDER BY j.id DESC LIMIT ${limit + 1}`, values };
}

function readCursor(cursor: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(cursor)) {
    throw new Problem(400, 'validation_failed', 'The cursor cannot be read. Take it from nextCursor of the page before.', [{ path: 'cursor', message: 'Use the nextCursor of the list before.' }]);
  }
  return cursor;
}

function toJob(job: JobEntity): Job {
  const { id, connectionId, issueKey, issueUrl, trigger, repository, state, mark, conversationUrl, failure, cancelReason } = job;
  return {
    id, connectionId, issueKey, issueUrl, trigger, repository, state, mark, conversationUrl, failure, cancelReason,
    requestedBy: { userId: job.userId, name: job.actor.displayName },
    createdAt: job.createdAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
  };
}

function toRun(run: JobRunEntity): JobDetail['runs'][number] {
  const { id, number, state, failure } = run;
  return { id, number, state, failure, startedAt: run.startedAt.toISOString(), finishedAt: run.finishedAt?.toISOString() ?? null };
}

function toComment(write: IssueWriteEntity): JobDetail['comments'][number] {
  const written = write.writtenRevision >= write.revision;
  return {
    kind: write.key.split(':')[2] ?? 'comment',
    commentId: write.remoteId,
    writtenAt: write.writtenAt?.toISOString() ?? null,
    state: write.gaveUpReason ? 'given_up' : written ? 'written' : 'waiting',
  };
}

function toEvent(event: JobEventEntity): JobDetail['timeline'][number] {
  return { at: event.at.toISOString(), kind: event.kind, detail: event.detail };
}
