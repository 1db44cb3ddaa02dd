import { Injectable } from '@nestjs/common';
import type { JobCancelReason, JobRepository } from '@openhands-jira/contracts';
import { type CommentAudience, mayReach, type MessagePerson, type StatusMessage } from '@openhands-jira/domain';
import { DataSource, type EntityManager, In, MoreThanOrEqual } from 'typeorm';
import { among, type Change, Changes } from '../database/changes.js';
import { entityOf } from '../database/entity-rows.js';
import { storableJson, storableText } from '../database/stored-text.js';
import type { FirstWrite } from '../comments/issue-writer.js';
import { Clock } from '../config/clock.js';
import { Figures } from '../config/figures.js';
import { alsoAbout, workContext } from '../config/work-context.js';
import { uuidv7 } from '../database/uuid.js';
import { Queue } from '../queue/queue.service.js';
import { JobEndings } from './job-endings.js';
import { JobLimits, type Waiting } from './job-limits.js';
import { ACTIVE_STATES, JobEntity, JobRunEntity } from './jobs.entity.js';
import { firstStatus, Reporter } from './reporter.js';

/** Everything that a new job needs; whoever makes it has checked the person and the repository. */
export interface NewJob {
  connectionId: string;
  deliveryId: string | null;
  /** Unique per connection: the same trigger never makes two jobs. */
  triggerKey: string;
  trigger: 'mention' | 'label' | 'retry';
  issue: { id: string; key: string; url: string; summary: string; serviceProject: boolean };
  commentId: string | null;
  /** The comment that gets a thumbs-up; null where the site takes none, or when there is no comment. */
  thumbsUpFor: string | null;
  audience: CommentAudience;
  userId: string | null;
  actor: MessagePerson;
  linkMethod: 'oauth' | 'email' | null;
  repository: JobRepository | null;
  /** The first message of a fresh conversation: the whole issue. */
  prompt: string;
  /** What is said instead when the job goes on in an earlier conversation; null: the prompt. */
  followUpPrompt: string | null;
  systemSuffix: string;
  /** Go on in the conversation of this job, see `continuable`. */
  continuesJobId: string | null;
  /** Of a retry, the job that it repeats; otherwise one that gave way to it, whose agent is stopped first. */
  previousJobId: string | null;
  receivedAt: Date;
}

export type AddedJob =
  | { kind: 'added'; job: JobEntity }
  /** This trigger has its job already. */
  | { kind: 'exists'; job: JobEntity }
  /** Another job of the issue is active. */
  | { kind: 'active'; job: JobEntity };

/** Where a new job will stand. */
export interface PlaceInLine {
  jobId: string;
  /** What its first status comment says about waiting; whether it waits is decided when it is to start. */
  waiting: Waiting | null;
}

/** An instruction for an active job. */
export interface NewNote {
  jobId: string;
  deliveryId: string;
  fromName: string;
  text: string;
  /** The comment that gets a thumbs-up, see `NewJob`. */
  thumbsUpFor: string | null;
  /** Who could read it. When these are fewer than the readers of the job's answers, only they read what the job says from now on. */
  audience: CommentAudience;
}

/** Who stops a job, and why. */
export interface Cancelling {
  reason: JobCancelReason;
  by?: string;
}

/** So many jobs of an issue are looked at before another one starts. */
export const RECENT_JOBS = 10;

/** The key of a job's status comment. */
const STATUS_KEY = /^job:([0-9a-f-]{36}):status$/;

/** A conversation older than this is not gone on with. */
const CONTINUABLE_MS = 7 * 24 * 3_600_000;

/** What the rooms above can do with jobs. Everything that changes something runs in the caller's transaction. */
@Injectable()
export class Jobs {
  constructor(
    private readonly db: DataSource,
    private readonly queue: Queue,
    private readonly reporter: Reporter,
    private readonly limits: JobLimits,
    private readonly endings: JobEndings,
    private readonly clock: Clock,
    private readonly figures: Figures,
  ) {}

  /** Adds a job, together with its status comment and the queue entry that starts it. */
  async add(manager: EntityManager, wanted: NewJob): Promise<AddedJob> {
    const changes = new Changes();
    const job = this.addIn(changes, wanted, await this.placeInLine(wanted, manager));
    return (await changes.run(manager)) ? { kind: 'added', job } : this.present(manager, wanted);
  }

  /** The same as one of several changes; demands that the trigger has no job yet, and that no other job of the issue is active. */
  addIn(changes: Changes, wanted: NewJob, place: PlaceInLine): JobEntity {
    const job = newJobEntity(this.db.manager, place.jobId, wanted, this.clock.now());
    changes.demand(insertJob(place.jobId, wanted));
    this.reporter.note(changes, job.id, 'accepted', `Asked for by ${job.actor.displayName}.`);
    alsoAbout({ jobId: job.id }, () => {
      this.reporter.accepted(changes, job, place.waiting, wanted.thumbsUpFor);
      this.queue.add(changes, 'start-job', [{ jobId: job.id, userId: job.userId }], { key: job.id, groupOf: () => job.connectionId, here: true });
    });
    return job;
  }

  /** What the first status comment of a new job would say. */
  firstStatus(wanted: NewJob, { jobId, waiting }: PlaceInLine): StatusMessage {
    return firstStatus(newJobEntity(this.db.manager, jobId, wanted, this.clock.now()), waiting);
  }

  /** The id that a new job will have, and whether it will have to wait for others. */
  async placeInLine({ userId }: Pick<NewJob, 'userId'>, manager: EntityManager = this.db.manager): Promise<PlaceInLine> {
    const jobId = uuidv7();
    return { jobId, waiting: await this.limits.waiting(manager, { id: jobId, userId }) };
  }

  /** The active job of an issue. */
  async activeOf(connectionId: string, issueId: string, manager: EntityManager = this.db.manager): Promise<JobEntity | null> {
    return manager.findOneBy(JobEntity, { connectionId, issueId, state: In(ACTIVE_STATES) });
  }

  /** The latest job of an issue, whatever became of it. */
  async lastOf(connectionId: string, issueId: string): Promise<JobEntity | null> {
    const [last] = await this.latestOf(connectionId, issueId, 1);
    return last ?? null;
  }

  /** The latest ten jobs of an issue, newest first. When one of the issue is active, it is the first. */
  async recentOf(connectionId: string, issueId: string): Promise<JobEntity[]> {
    return this.latestOf(connectionId, issueId, RECENT_JOBS);
  }

  private async latestOf(connectionId: string, issueId: string, most: number): Promise<JobEntity[]> {
    const rows = await this.db.query<{ job: object }[]>(LATEST, [connectionId, issueId, most]);
    return rows.map(({ job }) => entityOf(this.db, JobEntity, job));
  }

  /** The job that a retry repeats in the end: the first one of a chain of retries. */
  async originOf(job: JobEntity): Promise<JobEntity> {
    const former = job.trigger === 'retry' && job.previousJobId ? await this.db.manager.findOneBy(JobEntity, { id: job.previousJobId }) : null;
    return former ? this.originOf(former) : job;
  }

  /** Jobs of an issue since a time. */
  async countSince(connectionId: string, issueId: string, since: Date): Promise<number> {
    return this.db.manager.countBy(JobEntity, { connectionId, issueId, createdAt: MoreThanOrEqual(since) });
  }

  /**
   * The job in whose conversation this person may go on: the latest of the issue, of the same person and repository, ended at
   * most 7 days ago. Whether the agent still has the conversation is found out at the start.
   */
  continuable(last: JobEntity | null, userId: string, repository: JobRepository | null): JobEntity | null {
    if (!last?.finishedAt || last.userId !== userId || !last.conversationId) return null;
    if (this.clock.now().getTime() - last.finishedAt.getTime() > CONTINUABLE_MS) return null;
    return sameRepository(last.repository, repository) ? last : null;
  }

  /**
   * Passes an instruction on to an active job. `repeated`: the same delivery did so before. `over`: the job has ended
   * meanwhile. While a note is open, its job does not end with success: the agent gets the note first.
   */
  async addNote(manager: EntityManager, note: NewNote): Promise<'added' | 'repeated' | 'over'> {
    const { jobId, deliveryId, fromName, text, thumbsUpFor, audience } = note;
    // The row stays as it is until this transaction ends, so the job cannot end in between.
    const job = await manager.findOne(JobEntity, { where: { id: jobId, state: In(ACTIVE_STATES) }, lock: { mode: 'pessimistic_write' } });
    if (!job) return 'over';
    const inserted = (await manager.query(INSERT_NOTE, [uuidv7(), jobId, deliveryId, storableText(fromName), storableText(text), this.clock.now()])) as unknown[];
    if (inserted.length === 0) return 'repeated';
    if (!mayReach(job.audience, audience)) await manager.update(JobEntity, { id: jobId }, { audience });
    const changes = new Changes();
    this.reporter.note(changes, jobId, 'note_accepted', `From ${fromName}.`);
    if (thumbsUpFor) this.reporter.react(changes, job, thumbsUpFor);
    this.queue.add(changes, 'job-wish', [{ jobId }], { key: jobId });
    await changes.run(manager);
    return 'added';
  }

  /** Ends an active job, at once for people; the agent is stopped as soon as it can be. False when it was over. */
  async cancel(manager: EntityManager, jobId: string, why: Cancelling): Promise<boolean> {
    const hasRun = await manager.existsBy(JobRunEntity, { jobId });
    return this.endings.end(manager, jobId, { state: 'cancelled', ...why }, hasRun ? 'must_be_stopped' : 'is_over');
  }

  /** The comment was deleted: its job ends if it has not started yet. Gives the job, or null when there was none. */
  async cancelQueuedByComment(manager: EntityManager, connectionId: string, commentId: string): Promise<JobEntity | null> {
    const job = await manager.findOneBy(JobEntity, { connectionId, commentId, state: 'queued' });
    if (!job) return null;
    return (await this.cancel(manager, job.id, { reason: 'comment_deleted' })) ? job : null;
  }

  /** The issue was deleted: its active job ends, and nothing can be written. */
  async cancelByIssue(manager: EntityManager, connectionId: string, issueId: string): Promise<JobEntity | null> {
    const job = await this.activeOf(connectionId, issueId, manager);
    if (!job) return null;
    return (await this.cancel(manager, job.id, { reason: 'issue_deleted' })) ? job : null;
  }

  /** The connection was unlinked or removed: all its jobs end. */
  async cancelByConnection(connectionId: string): Promise<void> {
    const jobs = await this.db.manager.find(JobEntity, { select: { id: true }, where: { connectionId, state: In(ACTIVE_STATES) }, order: { id: 'ASC' } });
    for (const { id } of jobs) await this.db.transaction((manager) => this.cancel(manager, id, { reason: 'connection_removed' }));
  }

  /** Brings the status comment up to date. `freshFor`: a delivery that gets a status comment of its own, because the first one is far away. */
  async refreshStatus(manager: EntityManager, job: JobEntity, freshFor: string | null = null): Promise<void> {
    const waiting = job.state === 'queued' ? await this.limits.waiting(manager, job) : null;
    const changes = new Changes();
    this.reporter.status(changes, job, await this.reporter.told(manager, job.id), waiting, freshFor);
    await changes.run(manager);
  }

  /** Jira has the first comments of jobs: from here on people know that we heard them. Null when none of these writes is one. */
  acknowledgement(first: FirstWrite[]): Change | null {
    const acknowledged = first.flatMap(({ key, at }) => (STATUS_KEY.test(key) ? [{ id: STATUS_KEY.exec(key)![1], at }] : []));
    if (acknowledged.length === 0) return null;
    return (place, when) => `
      UPDATE jobs SET acknowledged_at = first.at FROM jsonb_to_recordset(${place(JSON.stringify(acknowledged))}::jsonb) AS first (id uuid, at timestamptz)
      WHERE ${among('jobs.id', 'uuid', place, acknowledged.map(({ id }) => id))} AND jobs.id = first.id AND ${when}
      RETURNING first.at, jobs.received_at`;
  }

  /** Counts what `acknowledgement` gave. */
  countAcknowledged(rows: { at: Date; received_at: Date }[]): void {
    for (const { at, received_at: receivedAt } of rows) this.figures.acknowledged((at.getTime() - receivedAt.getTime()) / 1000);
  }

  /** Why nothing was inserted: the trigger has its job, or the issue has another one at work. */
  private async present(manager: EntityManager, wanted: NewJob): Promise<AddedJob> {
    const { connectionId, triggerKey, issue } = wanted;
    const same = await manager.findOneBy(JobEntity, { connectionId, triggerKey });
    if (same) return { kind: 'exists', job: same };
    const active = await this.activeOf(connectionId, issue.id, manager);
    // The job in the way may have ended between the two statements.
    return active ? { kind: 'active', job: active } : this.add(manager, wanted);
  }
}

const JOB_COLUMNS = [
  'id', 'connection_id', 'delivery_id', 'trigger_key', 'trigger', 'issue_id', 'issue_key', 'issue_url', 'issue_summary', 'service_project', 'comment_id', 'audience', 'user_id', 'actor',
  'link_method', 'repository', 'prompt', 'system_suffix', 'state', 'continues_job_id', 'previous_job_id', 'received_at', 'follow_up_prompt', 'traceparent',
];

function insertJob(id: string, wanted: NewJob): Change {
  return (place, when) => `
    INSERT INTO jobs (${JOB_COLUMNS.join(', ')})
    SELECT ${insertValues(id, wanted).map(place).join(', ')} WHERE ${when}
    ON CONFLICT DO NOTHING
    RETURNING id`;
}

const INSERT_NOTE = `
  INSERT INTO job_notes (id, job_id, delivery_id, from_name, text, created_at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (delivery_id) DO NOTHING
  RETURNING id`;

function insertValues(id: string, wanted: NewJob): unknown[] {
  const { issue, actor, prompt, systemSuffix, followUpPrompt } = stored(wanted);
  return [
    id, wanted.connectionId, wanted.deliveryId, wanted.triggerKey, wanted.trigger, issue.id, issue.key, issue.url, issue.summary, issue.serviceProject,
    wanted.commentId, storableJson(wanted.audience), wanted.userId, storableJson(actor), wanted.linkMethod,
    wanted.repository ? storableJson(wanted.repository) : null, prompt, systemSuffix, 'queued', wanted.continuesJobId, wanted.previousJobId, wanted.receivedAt,
    followUpPrompt, workContext().traceparent ?? null,
  ];
}

/** The texts as the database keeps them. */
function stored(wanted: NewJob): Pick<NewJob, 'issue' | 'actor' | 'prompt' | 'systemSuffix' | 'followUpPrompt'> {
  const { id, name, displayName } = wanted.actor;
  return {
    issue: { ...wanted.issue, summary: storableText(wanted.issue.summary) },
    actor: { id, ...(name !== undefined && { name }), displayName },
    prompt: storableText(wanted.prompt),
    systemSuffix: storableText(wanted.systemSuffix),
    followUpPrompt: wanted.followUpPrompt === null ? null : storableText(wanted.followUpPrompt),
  };
}

/** The row that was just inserted, without reading it again. */
function newJobEntity(manager: EntityManager, id: string, wanted: NewJob, createdAt: Date): JobEntity {
  const { issue, ...texts } = stored(wanted);
  return manager.create(JobEntity, {
    ...wanted, ...texts, id, createdAt, state: 'queued', issueId: issue.id, issueKey: issue.key, issueUrl: issue.url, issueSummary: issue.summary, serviceProject: issue.serviceProject,
    mark: null, conversationId: null, conversationUrl: null, failure: null, cancelReason: null, cancelledBy: null, resultText: null, pullRequests: [], acknowledgedAt: null,
    startedAt: null, finishedAt: null, traceparent: workContext().traceparent ?? null,
  });
}

function sameRepository(a: JobRepository | null, b: JobRepository | null): boolean {
  if (!a || !b) return a === b;
  return a.provider === b.provider && a.host === b.host && a.fullName.toLowerCase() === b.fullName.toLowerCase();
}

/**
 * The ids first, by the index of the issue: asked for the latest jobs straight away, PostgreSQL may go back through all jobs of a connection,
 * newest first, until it has found enough of this issue, of which there are mostly none.
 */
const LATEST = `
  WITH of_issue AS MATERIALIZED (SELECT id FROM jobs WHERE connection_id = $1 AND issue_id = $2)
  SELECT to_json(job) AS job FROM jobs job WHERE id = ANY (ARRAY(SELECT id FROM of_issue ORDER BY id DESC LIMIT $3)) ORDER BY id DESC`;
