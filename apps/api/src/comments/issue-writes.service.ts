import { Injectable } from '@nestjs/common';
import { type CommentAudience, haveSameReaders, type JiraCapabilities, type Message, type RefusalMessage, type RemoteLink } from '@openhands-jira/domain';
import { DataSource, type EntityManager } from 'typeorm';
import { Changes } from '../database/changes.js';
import { uuidv7 } from '../database/uuid.js';
import { Queue } from '../queue/queue.service.js';
import { ensureWrites, IssueWriteEntity, type WriteContent, type WriteKind } from './issue-write.entity.js';
import { storableJson } from '../database/stored-text.js';

/** Where something is to be written, and what caused it. */
export interface WritePlace {
  connectionId: string;
  issueId: string;
  jobId?: string;
  deliveryId?: string;
}

/** A comment that should exist. */
export interface CommentWish extends WritePlace {
  /** The same key is one comment: a second wish with other content edits it. */
  key: string;
  message: Message;
  audience: CommentAudience;
  /** Whether edits ask Jira to send no mail. */
  quiet: boolean;
  /** Set when the comment is only needed where the product lacks that capability. */
  insteadOf?: keyof JiraCapabilities;
}

export interface RemoteLinkWish extends WritePlace {
  link: RemoteLink;
}

export interface ReactionWish extends WritePlace {
  commentId: string;
}

/** A refusal to one person, told once a day. */
export interface RefusalWish extends WritePlace {
  deliveryId: string;
  /** Jira's id of the person who asked. */
  personId: string;
  message: RefusalMessage;
  audience: CommentAudience;
  /** When the person asked. */
  at: Date;
}

const MEMORY_MS = 24 * 3_600_000;

/**
 * The outbox: what should be in an issue. A wish is a row, made in the caller's transaction together with the queue entry
 * that has it written, so it exists exactly when the decision behind it does. Nothing here calls Jira.
 */
@Injectable()
export class IssueWrites {
  constructor(
    private readonly db: DataSource,
    private readonly queue: Queue,
  ) {}

  /** The comment with this key says this message: written when there is none yet, edited when it says something else. */
  async ensureComment(manager: EntityManager, wish: CommentWish): Promise<void> {
    await this.ensureAll(manager, wish, [aComment(wish)]);
  }

  /** Several wishes for one issue, in the order in which they are to be written. Of two with the same key the later one counts. */
  async ensureAll(manager: EntityManager, place: WritePlace, writes: NewWrite[]): Promise<void> {
    const changes = new Changes();
    this.ensureIn(changes, place, writes);
    await changes.run(manager);
  }

  /** The same as one of several changes. The queue entry that has them written is added when one of them is news. */
  ensureIn(changes: Changes, place: WritePlace, writes: NewWrite[]): void {
    if (writes.length === 0) return;
    const byKey = new Map(writes.map((write) => [write.key, write]));
    const rows = [...byKey.values()].map((write) => ({
      id: uuidv7(), key: write.key, connection_id: place.connectionId, issue_id: place.issueId, kind: write.kind, job_id: place.jobId ?? null, delivery_id: place.deliveryId ?? null,
      memory_group: write.memoryGroup ?? null, content: write.content, audience: write.audience ?? null, quiet: write.quiet ?? true,
    }));
    const news = changes.add(ensureWrites(storableJson(rows)));
    const { connectionId, issueId } = place;
    this.queue.add(changes, 'comments', [{ connectionId, issueId }], { key: `${connectionId}:${issueId}`, groupOf: () => connectionId, onlyIf: `EXISTS (SELECT FROM ${news})`, here: true });
  }

  /**
   * The person is told once why this was refused. Asking again within 24 hours adds the time to that comment, which then
   * tells of the latest request; another reason, or the next day, is a new comment.
   */
  async ensureRefusal(manager: EntityManager, wish: RefusalWish): Promise<void> {
    const group = [wish.connectionId, wish.issueId, wish.personId, wish.message.kind].join(' ');
    // Two refusals at the same moment must not both find "none yet".
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [group]);
    const earlier = await this.remembered(manager, group, wish.at);
    if (!earlier) return this.ensureAll(manager, wish, [{ key: `refusal:${wish.deliveryId}`, kind: 'comment', content: { message: wish.message }, audience: wish.audience, quiet: true, memoryGroup: group }]);
    // The same delivery decided again (after a crash) is no second question.
    if (earlier.deliveryId === wish.deliveryId) return;
    const { message } = earlier.content as { message: RefusalMessage };
    const at = wish.at.toISOString();
    if (message.askedAgainAt.includes(at)) return;
    // What a restricted comment said must not appear in one that more people can read.
    const latest = earlier.audience && haveSameReaders(earlier.audience, wish.audience) ? wish.message : message;
    const repeated = { ...latest, askedAgainAt: [...message.askedAgainAt, at] };
    await this.ensureAll(manager, { ...wish, deliveryId: earlier.deliveryId! }, [{ key: earlier.key, kind: 'comment', content: { message: repeated }, audience: earlier.audience, quiet: true, memoryGroup: group }]);
  }

  /** Everything that was or is to be written for a job, oldest first. */
  async ofJob(jobId: string): Promise<IssueWriteEntity[]> {
    return this.db.manager.find(IssueWriteEntity, { where: { jobId }, order: { id: 'ASC' } });
  }

  /** The comment of a key, when it was wished for. */
  async byKey(manager: EntityManager, key: string): Promise<IssueWriteEntity | null> {
    return manager.findOneBy(IssueWriteEntity, { key });
  }

  private async remembered(manager: EntityManager, group: string, at: Date): Promise<IssueWriteEntity | null> {
    return manager
      .createQueryBuilder(IssueWriteEntity, 'write')
      .where('write.memoryGroup = :group AND write.createdAt > :since AND write.gaveUpReason IS NULL', { group, since: new Date(at.getTime() - MEMORY_MS) })
      .orderBy('write.createdAt', 'DESC')
      .limit(1)
      .getOne();
  }
}

/** One row of the outbox to be. */
export interface NewWrite {
  key: string;
  kind: WriteKind;
  content: WriteContent[WriteKind];
  audience?: CommentAudience | null;
  quiet?: boolean;
  memoryGroup?: string;
}

/** A comment as a row. */
export function aComment({ key, message, insteadOf, audience, quiet }: CommentWish): NewWrite {
  return { key, kind: 'comment', content: { message, ...(insteadOf && { insteadOf }) }, audience, quiet };
}

/** A link as a row. */
export function aRemoteLink({ connectionId, issueId, link }: RemoteLinkWish): NewWrite {
  return { key: `link:${connectionId}:${issueId}:${link.globalId}`, kind: 'remote_link', content: { link } };
}

/** A thumbs-up as a row. */
export function aReaction({ connectionId, commentId }: ReactionWish): NewWrite {
  return { key: `reaction:${connectionId}:${commentId}`, kind: 'reaction', content: { commentId } };
}
