import { Injectable } from '@nestjs/common';
import { canBeCopied, type FailureDetails, isTerminal, type MessageRepository, messageLinks, type QueueLimit, type RemoteLink, type ResultMessage, type StatusFacts, type StatusMessage, type StatusNote } from '@openhands-jira/domain';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { IssueWrites } from '../comments/issue-writes.service.js';
import { AppConfig } from '../config/config.js';
import { JobEventEntity, JobNoteEntity, JobRunEntity, type JobEntity } from './jobs.entity.js';
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
  async note(manager: EntityManager, jobId: string, kind: TimelineKind, detail: string): Promise<void> {
    await this.timeline.add(manager, jobId, kind, detail);
  }

  /** The job exists: thumbs-up, status comment, and the link in Jira's own list of links. */
  async accepted(manager: EntityManager, job: JobEntity, waiting: Waiting | null): Promise<void> {
    if (job.commentId) await this.react(manager, job, job.commentId);
    await this.status(manager, job, waiting);
    await this.link(manager, job, false);
  }

  /** Brings the status comment up to date with the job. `freshFor`: a delivery that gets one of its own. */
  async status(manager: EntityManager, job: JobEntity, waiting: Waiting | null = null, freshFor: string | null = null): Promise<void> {
    const message = isTerminal(job.state) ? doneMessage(job) : statusMessage(job, await this.facts(manager, job), waiting);
    // A question to a person is the one edit that may send mail.
    await this.comment(manager, job, freshFor ? `status:${freshFor}` : 'status', message, message.kind !== 'status.needs_input');
  }

  /** The agent waits for a person. Where edits cannot be told from each other by mail, the question is a comment of its own, once per wait. */
  async needsInput(manager: EntityManager, job: JobEntity, waitNumber: number): Promise<void> {
    await this.status(manager, job);
    const message = statusMessage(job, await this.facts(manager, job), null);
    await this.writes.ensureComment(manager, { ...placeOf(job), key: `job:${job.id}:needs_input:${waitNumber}`, message, audience: job.audience, quiet: true, insteadOf: 'quietEdits' });
  }

  async react(manager: EntityManager, job: JobEntity, commentId: string): Promise<void> {
    if (!canBeCopied(job.audience)) return;
    await this.writes.ensureReaction(manager, { ...placeOf(job), commentId });
  }

  /** The job is over: the status comment becomes one line, the result is a new comment. */
  async ended(manager: EntityManager, job: JobEntity, details: FailureDetails): Promise<void> {
    // Nothing can be written into an issue that is deleted.
    if (job.cancelReason === 'issue_deleted') return;
    await this.comment(manager, job, 'status', doneMessage(job), true);
    await this.comment(manager, job, 'result', resultMessage(job, details, await unheard(manager, job.id)), false);
    await this.link(manager, job, true);
    for (const url of job.pullRequests) await this.pullRequestLink(manager, job, url);
  }

  private async comment(manager: EntityManager, job: JobEntity, name: string, message: StatusMessage | ResultMessage, quiet: boolean): Promise<void> {
    await this.writes.ensureComment(manager, { ...placeOf(job), key: `job:${job.id}:${name}`, message, audience: job.audience, quiet });
  }

  private async link(manager: EntityManager, job: JobEntity, resolved: boolean): Promise<void> {
    const url = messageLinks(this.config.publicUrl).job(job.id);
    await this.putLink(manager, job, { globalId: `${this.config.publicUrl}/jobs/${job.id}`, title: 'OpenHands', url, resolved });
  }

  private async pullRequestLink(manager: EntityManager, job: JobEntity, url: string): Promise<void> {
    await this.putLink(manager, job, { globalId: url.slice(0, 255), title: `Pull request: ${new URL(url).pathname.slice(1)}`.slice(0, 255), url, resolved: false });
  }

  /** Everybody who reads the issue sees its links. */
  private async putLink(manager: EntityManager, job: JobEntity, link: RemoteLink): Promise<void> {
    if (canBeCopied(job.audience)) await this.writes.ensureRemoteLink(manager, { ...placeOf(job), link });
  }

  private async facts(manager: EntityManager, job: JobEntity): Promise<StatusFacts> {
    const run = await manager.findOne(JobRunEntity, { where: { jobId: job.id }, order: { number: 'DESC' } });
    return {
      repository: repositoryOf(job),
      startedBy: job.actor,
      matchedByEmail: job.linkMethod === 'email',
      conversationUrl: job.conversationUrl,
      conversation: run?.follow.conversation ?? (job.continuesJobId ? 'going_on' : 'fresh'),
      pullRequests: job.pullRequests,
      notes: await notesOf(manager, job.id),
    };
  }
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

/** Whose words the agent never heard. */
async function unheard(manager: EntityManager, jobId: string): Promise<string[]> {
  const notes = await manager.find(JobNoteEntity, { where: { jobId, failed: Not(IsNull()) }, order: { id: 'ASC' } });
  return notes.map(({ fromName }) => fromName);
}

async function notesOf(manager: EntityManager, jobId: string): Promise<StatusNote[]> {
  const instructions = await manager.findBy(JobNoteEntity, { jobId });
  const events = await manager.find(JobEventEntity, { where: { jobId, kind: In([...NOTED_EVENTS]) } });
  const notes: StatusNote[] = [
    ...instructions.flatMap(noteOf),
    ...events.map((event): StatusNote => ({ kind: event.kind as (typeof NOTED_EVENTS)[number], at: event.at.toISOString() })),
  ];
  return notes.sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-SHOWN_NOTES);
}

/** Nothing is told of an instruction that is on its way. */
function noteOf({ fromName: from, sentAt, failed, createdAt }: JobNoteEntity): StatusNote[] {
  if (sentAt) return [{ kind: 'note_passed_on', from, at: sentAt.toISOString() }];
  return failed ? [{ kind: 'note_not_passed_on', from, at: createdAt.toISOString() }] : [];
}
