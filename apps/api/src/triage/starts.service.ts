import { Injectable } from '@nestjs/common';
import { followUpPrompt, type JiraComment, jobPrompt, mayReach, type MessagePerson, systemSuffix } from '@openhands-jira/domain';
import type { EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { linkStillHolds } from '../connections/links.service.js';
import { Changes } from '../database/changes.js';
import { uuidv7 } from '../database/uuid.js';
import { Jiras } from '../jira/jiras.service.js';
import type { JobEntity } from '../jobs/jobs.entity.js';
import { Jobs, type NewJob, type PlaceInLine, RECENT_JOBS } from '../jobs/jobs.service.js';
import { RetryLater } from '../queue/queue.service.js';
import { asksAfresh, type PersonalRequest, type Request } from './context.js';
import { type Decision, type Outlook, refused } from './decision.js';
import type { FoundRepository } from './repository-access.service.js';

/** Jobs that one issue may start within an hour: more is an automation that talks to itself. */
export const JOBS_PER_ISSUE_AND_HOUR = RECENT_JOBS;
const HOUR_MS = 3_600_000;
/** Earlier comments that are read for `Repository:` lines and for the prompt. */
const EARLIER_COMMENTS = 50;

/** What a start has to know besides the request. */
export interface Surroundings {
  /** Earlier comments of the issue. */
  comments: JiraComment[];
  /** Whether a job would have to wait for others; null when it would not. */
  waiting: PlaceInLine['waiting'];
}

/** What a new job comes from. */
interface Origin extends Surroundings {
  /** The latest job of the issue. */
  last: JobEntity | null;
  /** The job that is repeated. */
  retryOf?: JobEntity;
  /** The active job of the issue, which gives way to the new one. */
  replaces?: JobEntity | null;
}

/** The last part of a decision for work: within the limits, with which words, as a job of its own or into the active one. */
@Injectable()
export class Starts {
  constructor(
    private readonly jobs: Jobs,
    private readonly jiras: Jiras,
    private readonly clock: Clock,
  ) {}

  /** Starts a job for a request whose person and repository are checked. */
  async start(request: PersonalRequest, repository: FoundRepository, origin: Origin): Promise<Decision> {
    const mayContinue = request.trigger.kind === 'comment' && !asksAfresh(request) && !origin.retryOf;
    const former = mayContinue ? this.jobs.continuable(origin.last, request.person.user.id, repository.repository) : null;
    // What was said in a closed circle stays in its conversation.
    const earlier = former && mayReach(request.audience, former.audience) ? former : null;
    request.trace.note('conversation', 'info', earlier ? 'It goes on in the earlier conversation.' : 'It starts a new conversation.');
    const job = await this.newJob(request, repository, earlier, origin);
    return origin.replaces ? this.replacement(request, job, origin.replaces) : this.addition(job, repository, origin.waiting);
  }

  private addition(job: NewJob, { repository }: FoundRepository, waiting: PlaceInLine['waiting']): Decision {
    // Only now: the job with the highest id of an issue counts as its latest.
    const place = { jobId: uuidv7(), waiting };
    return {
      outcome: 'job',
      reason: 'started',
      detail: repository ? `A job starts in ${repository.fullName}.` : 'A job starts without a repository.',
      effect: (manager) => this.add(manager, job),
      atOnce: (changes) => {
        changes.demand(linkStillHolds(job.connectionId, job.userId));
        return this.jobs.addIn(changes, job, place);
      },
      outlook: () => this.outlookOf(job),
    };
  }

  /** One job ends and the next begins in the same transaction: at no moment are there two, and neither comes without the other. */
  private replacement(request: PersonalRequest, job: NewJob, former: JobEntity): Decision {
    request.trace.note('active job', 'info', 'It is stopped, and the new one takes its place.');
    return {
      outcome: 'job',
      reason: 'started',
      detail: 'The active job is stopped, and a new one takes its place.',
      effect: async (manager) => {
        await this.jobs.cancel(manager, former.id, { reason: 'replaced', by: request.actor.displayName });
        return this.add(manager, { ...job, previousJobId: former.id });
      },
      outlook: () => this.outlookOf(job),
    };
  }

  private async outlookOf(job: NewJob): Promise<Outlook> {
    return { comment: this.jobs.firstStatus(job, await this.jobs.placeInLine(job)), job };
  }

  /** At most ten jobs per issue and hour. `recent`: the latest jobs of the issue, newest first, at least ten of them if there were so many. */
  rateLimit(request: Request, recent: JobEntity[]): Decision | null {
    const tenth = recent[JOBS_PER_ISSUE_AND_HOUR - 1];
    const freeAt = (tenth?.createdAt.getTime() ?? -Infinity) + HOUR_MS;
    if (freeAt < this.clock.now().getTime()) return null;
    const words = `${JOBS_PER_ISSUE_AND_HOUR} jobs were started for this issue within an hour.`;
    request.trace.note('limits', 'no', words);
    return refused(request.delivery.id, { kind: 'refusal.issue_rate_limited', retryAt: new Date(freeAt).toISOString() }, words);
  }

  /** Jira and the database are asked at the same time. */
  async lookAround(request: PersonalRequest): Promise<Surroundings> {
    const [comments, { waiting }] = await Promise.all([this.earlierComments(request), this.jobs.placeInLine({ userId: request.person.user.id })]);
    return { comments, waiting };
  }

  async earlierComments(request: Request): Promise<Awaited<ReturnType<Request['client']['listComments']>>> {
    return request.client.listComments(request.issue.id, EARLIER_COMMENTS);
  }

  /** Passes the instruction on to the active job. */
  async passOn(manager: EntityManager, request: PersonalRequest, active: JobEntity): Promise<void> {
    await needLink(manager, { connectionId: active.connectionId, userId: request.person.user.id });
    const text = followUpPrompt({ issue: request.issue, comment: request.comment });
    const passed = await this.jobs.addNote(manager, { jobId: active.id, deliveryId: request.delivery.id, fromName: request.actor.displayName, text, thumbsUpFor: this.thumbsUpFor(request), audience: request.audience });
    // The job ended while we decided: decided again, the instruction becomes a job of its own.
    if (passed === 'over') throw new RetryLater(50, 'The active job has just ended');
  }

  /** Another request of the issue may have won in the meantime: decided again, this one finds that job at work. */
  private async add(manager: EntityManager, job: NewJob): Promise<string> {
    await needLink(manager, job);
    const added = await this.jobs.add(manager, job);
    if (added.kind === 'active') throw new RetryLater(50, 'Another request of the issue was quicker');
    return added.job.id;
  }

  /** Where a site takes no thumbs-up, none is wished for: it would cost a row and an attempt for each request. */
  private thumbsUpFor({ comment, connection }: PersonalRequest): string | null {
    return comment && this.jiras.takesReactions(connection) ? comment.id : null;
  }

  private async newJob(request: PersonalRequest, repository: FoundRepository, continues: JobEntity | null, { comments, retryOf }: Origin): Promise<NewJob> {
    const { issue, actor, connection, delivery, trigger, person } = request;
    const origin = retryOf && (await this.jobs.originOf(retryOf));
    const comment = origin ? await originalComment(request, origin) : request.comment;
    const audience = origin && !mayReach(request.audience, origin.audience) ? origin.audience : request.audience;
    const ownIds = [...connection.serviceAccountIds];
    return {
      connectionId: connection.id,
      deliveryId: delivery.id,
      triggerKey: trigger.key,
      trigger: retryOf ? 'retry' : trigger.kind === 'comment' ? 'mention' : 'label',
      issue: { id: issue.id, key: issue.key, url: issue.url, summary: issue.summary, serviceProject: issue.serviceProject },
      commentId: request.comment?.id ?? null,
      thumbsUpFor: this.thumbsUpFor(request),
      audience,
      userId: person.user.id,
      actor: personOf(actor),
      linkMethod: person.link.method,
      repository: repository.repository,
      prompt: jobPrompt({ issue, comment, audience, comments, ownIds }),
      followUpPrompt: continues ? followUpPrompt({ issue, comment }) : null,
      systemSuffix: systemSuffix(issue.key),
      continuesJobId: continues?.id ?? null,
      previousJobId: retryOf?.id ?? null,
      receivedAt: delivery.receivedAt,
    };
  }
}

/** Decided again, whoever is not linked any more is told so, and a connection that is not active is silent. */
async function needLink(manager: EntityManager, { connectionId, userId }: Pick<NewJob, 'connectionId' | 'userId'>): Promise<void> {
  const changes = new Changes();
  changes.demand(linkStillHolds(connectionId, userId));
  if (!(await changes.run(manager))) throw new RetryLater(50, 'The link or the connection has just ended');
}

/** A retry repeats the former instruction, on a fresh copy of the issue; a retry of a retry that of the first. */
async function originalComment(request: Request, origin: JobEntity): Promise<Request['comment']> {
  return origin.commentId ? request.client.getComment(request.issue.id, origin.commentId) : null;
}

/** What is stored of a person: no e-mail address. */
export function personOf(actor: Request['actor']): MessagePerson {
  return { id: actor.id, displayName: actor.displayName, ...(actor.name !== undefined && { name: actor.name }) };
}
