import { Injectable } from '@nestjs/common';
import { type CommentAudience, haveSameReaders, type JiraCapabilities, type Message, type RefusalMessage, type RemoteLink } from '@openhands-jira/domain';
import { DataSource, type EntityManager } from 'typeorm';
import { uuidv7 } from '../database/uuid.js';
import { Queue } from '../queue/queue.service.js';
import { ENSURE_WRITE, IssueWriteEntity, type WriteContent, type WriteKind } from './issue-write.entity.js';
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
  /** Issues that a transaction has an entry for already. Each transaction has a manager of its own. */
  private readonly enqueued = new WeakMap<EntityManager, Set<string>>();

  constructor(
    private readonly db: DataSource,
    private readonly queue: Queue,
  ) {}

  /** The comment with this key says this message: written when there is none yet, edited when it says something else. */
  async ensureComment(manager: EntityManager, wish: CommentWish): Promise<void> {
    const content = { message: wish.message, ...(wish.insteadOf && { insteadOf: wish.insteadOf }) };
    await this.ensure(manager, wish, { key: wish.key, kind: 'comment', content, audience: wish.audience, quiet: wish.quiet });
  }

  /** The issue has this link. The link's global id says which one it is. */
  async ensureRemoteLink(manager: EntityManager, wish: RemoteLinkWish): Promise<void> {
    await this.ensure(manager, wish, { key: `link:${wish.connectionId}:${wish.issueId}:${wish.link.globalId}`, kind: 'remote_link', content: { link: wish.link } });
  }

  /** The comment carries our thumbs-up, where the site offers that. */
  async ensureReaction(manager: EntityManager, wish: ReactionWish): Promise<void> {
    await this.ensure(manager, wish, { key: `reaction:${wish.connectionId}:${wish.commentId}`, kind: 'reaction', content: { commentId: wish.commentId } });
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
    if (!earlier) return this.ensure(manager, wish, { key: `refusal:${wish.deliveryId}`, kind: 'comment', content: { message: wish.message }, audience: wish.audience, quiet: true, memoryGroup: group });
    // The same delivery decided again (after a crash) is no second question.
    if (earlier.deliveryId === wish.deliveryId) return;
    const { message } = earlier.content as { message: RefusalMessage };
    const at = wish.at.toISOString();
    if (message.askedAgainAt.includes(at)) return;
    // What a restricted comment said must not appear in one that more people can read.
    const latest = earlier.audience && haveSameReaders(earlier.audience, wish.audience) ? wish.message : message;
    const repeated = { ...latest, askedAgainAt: [...message.askedAgainAt, at] };
    await this.ensure(manager, { ...wish, deliveryId: earlier.deliveryId! }, { key: earlier.key, kind: 'comment', content: { message: repeated }, audience: earlier.audience, quiet: true, memoryGroup: group });
  }

  /** True when this comment was written by us through this outbox. */
  async isOurComment(connectionId: string, commentId: string): Promise<boolean> {
    return this.db.manager.existsBy(IssueWriteEntity, { connectionId, remoteId: commentId, kind: 'comment' });
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

  private async ensure(manager: EntityManager, place: WritePlace, write: NewWrite): Promise<void> {
    const changed = (await manager.query(ENSURE_WRITE, [
      uuidv7(), write.key, place.connectionId, place.issueId, write.kind, place.jobId ?? null, place.deliveryId ?? null,
      write.memoryGroup ?? null, storableJson(write.content), write.audience ? storableJson(write.audience) : null, write.quiet ?? true,
    ])) as unknown[];
    if (changed.length > 0) await this.haveWritten(manager, place);
  }

  /** One entry writes everything of an issue, so a transaction needs one for each issue. */
  private async haveWritten(manager: EntityManager, { connectionId, issueId }: WritePlace): Promise<void> {
    const key = `${connectionId}:${issueId}`;
    const known = this.enqueued.get(manager) ?? new Set();
    if (known.has(key)) return;
    if (manager.queryRunner?.isTransactionActive) this.enqueued.set(manager, known.add(key));
    await this.queue.enqueue(manager, 'comments', { connectionId, issueId }, { key });
  }
}

interface NewWrite {
  key: string;
  kind: WriteKind;
  content: WriteContent[WriteKind];
  audience?: CommentAudience | null;
  quiet?: boolean;
  memoryGroup?: string;
}
