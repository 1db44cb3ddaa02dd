import { Injectable } from '@nestjs/common';
import { canBeCopied, type FailureDetails, isTerminal, type MessageRepository, messageLinks, type QueueLimit, type RemoteLink, type ResultMessage, type StatusFacts, type StatusMessage, type StatusNote } from '@openhands-jira/domain';
import type { EntityManager } from 'typeorm';
import { aComment, aReaction, aRemoteLink, IssueWrites, type NewWrite } from '../comments/issue-writes.service.js';
import { AppConfig } from '../config/config.js';
import type { Changes } from '../database/changes.js';
import type { JobEntity } from './jobs.entity.js';
import type { Waiting } from './job-limits.js';
import { JobTimeline, type TimelineKind } from './job-timeline.js';

/** Only the latest notes are shown in the status comment. */
const SHOWN_NOTES = 5;

const NOTED_EVENTS = ['suspended', 'agent_not_reachable'] as const;

/**
 * Tells the story of a job in its issue: one status comment that is edited on each change, and one result comment at the
 * end. It only says what should be there; the outbox writes it. The timeline tells the same to people who look at the job.
 */
@Injectable()
export class Reporter {
  constructor(
    private readonly writes: IssueWrites,
    private readonly timeline: JobTimeline,
    private readonly config: AppConfig,
  ) {}

  /** One more line in the job's timeline. */
  note(changes: Changes, jobId: string, kind: TimelineKind, detail: string): void {
    this.timeline.add(changes, jobId, kind, detail);
  }

  /** What happened to the job so far that its status comment tells of. */
  async told(db: Pick<EntityManager, 'query'>, jobId: string): Promise<ToldSoFar> {
    const [told] = (await db.query(`SELECT ${TOLD('$1', '$2')}`, [jobId, NOTED_EVENTS])) as [ToldSoFar];
    return told;
  }

  /** The job exists: thumbs-up for a comment, status comment, and the link in Jira's own list of links. */
  accepted(changes: Changes, job: JobEntity, waiting: Waiting | null, thumbsUpFor: string | null): void {
    this.writes.ensureIn(changes, placeOf(job), [
      ...this.reaction(job, thumbsUpFor),
      commentOf(job, 'status', firstStatus(job, waiting), true),
      ...this.links(job, [this.ownLink(job, false)]),
    ]);
  }

  /** Brings the status comment up to date with the job. `freshFor`: a delivery that gets one of its own. */
  status(changes: Changes, job: JobEntity, told: ToldSoFar, waiting: Waiting | null = null, freshFor: string | null = null): void {
    const message = isTerminal(job.state) ? doneMessage(job) : statusMessage(job, factsOf(job, told), waiting);
    // A question to a person is the one edit that may send mail.
    this.writes.ensureIn(changes, placeOf(job), [commentOf(job, freshFor ? `status:${freshFor}` : 'status', message, message.kind !== 'status.needs_input')]);
  }

  /** The agent waits for a person. Where edits cannot be told from each other by mail, the question is a comment of its own, once per wait. */
  needsInput(changes: Changes, job: JobEntity, told: ToldSoFar, waitNumber: number): void {
    const message = statusMessage(job, factsOf(job, told), null);
    const question = aComment({ ...placeOf(job), key: `job:${job.id}:needs_input:${waitNumber}`, message, audience: job.audience, quiet: true, insteadOf: 'quietEdits' });
    this.writes.ensureIn(changes, placeOf(job), [commentOf(job, 'status', message, message.kind !== 'status.needs_input'), question]);
  }

  react(changes: Changes, job: JobEntity, commentId: string): void {
    this.writes.ensureIn(changes, placeOf(job), this.reaction(job, commentId));
  }

  /** The job is over: the status comment becomes one line, the result is a new comment. `notPassedOn`: whose words the agent never heard. */
  ended(changes: Changes, job: JobEntity, details: FailureDetails, notPassedOn: string[]): void {
    // Nothing can be written into an issue that is deleted.
    if (job.cancelReason === 'issue_deleted') return;
    this.writes.ensureIn(changes, placeOf(job), [
      commentOf(job, 'status', doneMessage(job), true),
      commentOf(job, 'result', resultMessage(job, details, notPassedOn), false),
      ...this.links(job, [this.ownLink(job, true), ...job.pullRequests.map(pullRequestLink)]),
    ]);
  }

  private reaction(job: JobEntity, commentId: string | null): NewWrite[] {
    return commentId && canBeCopied(job.audience) ? [aReaction({ ...placeOf(job), commentId })] : [];
  }

  private ownLink(job: JobEntity, resolved: boolean): RemoteLink {
    const url = messageLinks(this.config.publicUrl).job(job.id);
    return { globalId: `${this.config.publicUrl}/jobs/${job.id}`, title: 'OpenHands', url, resolved };
  }

  /** Everybody who reads the issue sees its links. */
  private links(job: JobEntity, links: RemoteLink[]): NewWrite[] {
    return canBeCopied(job.audience) ? links.map((link) => aRemoteLink({ ...placeOf(job), link })) : [];
  }
}

/** What the status comment of a job says before anything has happened. */
export function firstStatus(job: JobEntity, waiting: Waiting | null): StatusMessage {
  return statusMessage(job, factsOf(job, NOTHING_YET), waiting);
}

function factsOf(job: JobEntity, told: ToldSoFar): StatusFacts {
  return {
    repository: repositoryOf(job),
    startedBy: job.actor,
    matchedByEmail: job.linkMethod === 'email',
    conversationUrl: job.conversationUrl,
    conversation: told.conversation ?? (job.continuesJobId ? 'going_on' : 'fresh'),
    pullRequests: job.pullRequests,
    notes: notesOf(told),
  };
}

function commentOf(job: JobEntity, name: string, message: StatusMessage | ResultMessage, quiet: boolean): NewWrite {
  return aComment({ ...placeOf(job), key: `job:${job.id}:${name}`, message, audience: job.audience, quiet });
}

function pullRequestLink(url: string): RemoteLink {
  return { globalId: url.slice(0, 255), title: `Pull request: ${new URL(url).pathname.slice(1)}`.slice(0, 255), url, resolved: false };
}

function placeOf(job: JobEntity): { connectionId: string; issueId: string; jobId: string } {
  return { connectionId: job.connectionId, issueId: job.issueId, jobId: job.id };
}

function statusMessage(job: JobEntity, facts: StatusFacts, waiting: Waiting | null): StatusMessage {
  if (job.mark === 'needs_input') return { kind: 'status.needs_input', ...facts };
  if (waiting) return queued(facts, waiting.position, waiting.limit);
  return { kind: 'status.working', state: job.state === 'running' ? 'running' : 'starting', ...facts };
}

function queued(facts: StatusFacts, position: number, limit: QueueLimit): StatusMessage {
  return { kind: 'status.queued', position, limit, ...facts };
}

function doneMessage(job: JobEntity): StatusMessage {
  return {
    kind: 'status.done',
    outcome: job.state as 'succeeded' | 'failed' | 'cancelled',
    seconds: job.startedAt && job.finishedAt ? Math.round((job.finishedAt.getTime() - job.startedAt.getTime()) / 1000) : null,
    repository: repositoryOf(job),
    conversationUrl: job.conversationUrl,
  };
}

function resultMessage(job: JobEntity, details: FailureDetails, notPassedOn: string[]): ResultMessage {
  const facts = { person: job.actor, jobId: job.id, conversationUrl: job.conversationUrl, pullRequests: job.pullRequests, notPassedOn };
  switch (job.state) {
    case 'succeeded':
      return { kind: 'result.succeeded', text: job.resultText, ...facts };
    case 'cancelled':
      return { kind: 'result.cancelled', reason: job.cancelReason!, by: job.cancelledBy, branch: null, ...facts };
    default:
      return { kind: 'result.failed', reason: job.failure!, details, text: job.resultText, ...facts };
  }
}

function repositoryOf(job: JobEntity): MessageRepository | null {
  if (!job.repository) return null;
  const { fullName, url, source, branch } = job.repository;
  return { name: fullName, url, source, branch };
}

/** What happened to a job so far that its status comment tells of. Times are those of JSON. */
export interface ToldSoFar {
  conversation: StatusFacts['conversation'] | null;
  instructions: { from: string; sentAt: string | null; failed: string | null; createdAt: string }[];
  events: { kind: (typeof NOTED_EVENTS)[number]; at: string }[];
}

/** Of a job whose agent does not work yet there is nothing else to tell: no instruction went out, and nobody looked at a conversation. */
export const NOTHING_YET: ToldSoFar = { conversation: null, instructions: [], events: [] };

/** The columns of `ToldSoFar`, for a statement that asks for them; the places of the job's id and of the kinds of events. */
const TOLD = (job: string, kinds: string): string => `
    (SELECT follow->>'conversation' FROM job_runs WHERE job_id = ${job} ORDER BY number DESC LIMIT 1) AS conversation,
    (SELECT coalesce(json_agg(json_build_object('from', from_name, 'sentAt', sent_at, 'failed', failed, 'createdAt', created_at)), '[]') FROM job_notes WHERE job_id = ${job}) AS instructions,
    (SELECT coalesce(json_agg(json_build_object('kind', kind, 'at', at)), '[]') FROM job_events WHERE job_id = ${job} AND kind = ANY (${kinds}::text[])) AS events`;

function notesOf({ instructions, events }: ToldSoFar): StatusNote[] {
  const notes: StatusNote[] = [...instructions.flatMap(noteOf), ...events.map(({ kind, at }): StatusNote => ({ kind, at: isoTime(at) }))];
  return notes.sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-SHOWN_NOTES);
}

/** Nothing is told of an instruction that is on its way. */
function noteOf({ from, sentAt, failed, createdAt }: ToldSoFar['instructions'][number]): StatusNote[] {
  if (sentAt) return [{ kind: 'note_passed_on', from, at: isoTime(sentAt) }];
  return failed ? [{ kind: 'note_not_passed_on', from, at: isoTime(createdAt) }] : [];
}

/** PostgreSQL writes times into JSON with microseconds and the zone of its session. */
function isoTime(time: string): string {
  return new Date(time).toISOString();
}
