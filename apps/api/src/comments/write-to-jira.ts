import { Injectable } from '@nestjs/common';
import { canBeCopied, type CommentMark, type JiraClient, JiraProblem, type Message, messageLinks, type NewComment, renderMessage } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Jiras, type OpenJira } from '../jira/jiras.service.js';
import { isPassing, mayBeEdited } from './edit-limit.js';
import { IssueWriteEntity, type WriteContent } from './issue-write.entity.js';

/** What became of one write. Problems that may pass are thrown as `JiraProblem`. */
export type WriteResult = Written | { kind: 'gave_up'; reason: GaveUpReason };

/** Jira has it, or needs nothing. `edited`: it took an edit of a comment that was there. */
export interface Written {
  kind: 'written';
  remoteId: string | null;
  edited: boolean;
}

/** Why a write will never happen. */
export type GaveUpReason =
  | 'connection_gone'
  | 'issue_gone'
  | 'comment_gone'
  /** The request was restricted in a way that we do not know, so nobody can tell who may read an answer. */
  | 'audience_unknown'
  /** Jira refused the content itself, for example a restriction that cannot be copied. */
  | 'refused_by_jira'
  | 'reactions_not_offered'
  /** The product tells it in another way. */
  | 'not_needed'
  | 'retries_used_up'
  | 'internal_error';

/** How many of the latest comments are searched for our mark. */
const SEARCHED_COMMENTS = 50;

/**
 * Carries out one write against Jira, so that it happens once.
 *
 * A POST whose answer got lost may have happened. Before each POST the row remembers that it was attempted; when it is
 * tried again, the latest comments are searched for the property that the POST carried. Found: it is ours, and is edited
 * when its content is an older revision.
 */
@Injectable()
export class WriteToJira {
  constructor(
    private readonly db: DataSource,
    private readonly jiras: Jiras,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** `connection`: the one that the write belongs to, as it was read a moment ago. */
  async perform(write: IssueWriteEntity, connection: ConnectionEntity | null): Promise<WriteResult> {
    const site = connection && (await this.jiras.open(connection));
    if (!site) return { kind: 'gave_up', reason: 'connection_gone' };
    try {
      switch (write.kind) {
        case 'comment': return await this.comment(write, site);
        case 'remote_link': return await this.remoteLink(write, site.client);
        case 'reaction': return await this.reaction(write, site);
      }
    } catch (error) {
      const reason = error instanceof JiraProblem ? finalRefusal(write, error) : null;
      if (reason) return { kind: 'gave_up', reason };
      throw error;
    }
  }

  private async comment(write: IssueWriteEntity, site: OpenJira): Promise<WriteResult> {
    const { insteadOf } = write.content as WriteContent['comment'];
    if (write.audience && !canBeCopied(write.audience)) return { kind: 'gave_up', reason: 'audience_unknown' };
    if (insteadOf && site.can[insteadOf].yes) return { kind: 'gave_up', reason: 'not_needed' };
    if (write.remoteId) return this.edit(write, write.remoteId, site);
    const posted = write.postAttemptedAt ? await findMarked(site.client, write) : null;
    if (posted && write.postingRevision === write.revision) return written(posted);
    if (posted) return this.edit(write, posted, site);
    return this.post(write, site.client);
  }

  private async post(write: IssueWriteEntity, client: JiraClient): Promise<WriteResult> {
    await this.db.query('UPDATE issue_writes SET remote_id = NULL, post_attempted_at = $2, posting_revision = $3 WHERE id = $1', [write.id, this.clock.now(), write.revision]);
    return written(await client.addComment(write.issueId, this.newComment(write)));
  }

  private async edit(write: IssueWriteEntity, commentId: string, site: OpenJira): Promise<WriteResult> {
    const message = messageOf(write);
    // Data Center sends mail for every edit, so there only the last state of a comment is worth one.
    if ((isPassing(message) && !site.can.quietEdits.yes) || !mayBeEdited(write, message)) return written(commentId);
    const edited = await site.client.editComment(write.issueId, commentId, this.newComment(write), write.quiet);
    if (edited) return { ...written(commentId), edited: true };
    // A refusal that somebody deleted is told again when the person asks again; anything else stays deleted.
    return write.memoryGroup ? this.post(write, site.client) : { kind: 'gave_up', reason: 'comment_gone' };
  }

  private async remoteLink(write: IssueWriteEntity, client: JiraClient): Promise<WriteResult> {
    await client.putRemoteLink(write.issueId, (write.content as WriteContent['remote_link']).link);
    return written(null);
  }

  /** Best effort: a reaction is never repeated, because by then the status comment has said more. */
  private async reaction(write: IssueWriteEntity, site: OpenJira): Promise<WriteResult> {
    if (!site.can.reactions.yes || site.reactionsOff) return { kind: 'gave_up', reason: 'reactions_not_offered' };
    const { commentId } = write.content as { commentId: string };
    const offered = await site.client.react(commentId).catch(() => null);
    if (offered) return written(null);
    if (offered === false) await this.jiras.switchReactionsOff(write.connectionId);
    return { kind: 'gave_up', reason: 'reactions_not_offered' };
  }

  private newComment(write: IssueWriteEntity): NewComment {
    const message = messageOf(write);
    const context = { token: this.config.triggerMention, label: this.config.triggerLabel, links: messageLinks(this.config.publicUrl) };
    const mark: CommentMark = { v: 1, key: write.key, jobId: write.jobId, kind: message.kind };
    return { body: renderMessage(message, context), audience: write.audience ?? { visibility: null, internal: false }, mark };
  }
}

function messageOf(write: IssueWriteEntity): Message {
  return (write.content as WriteContent['comment']).message;
}

function written(remoteId: string | null): Written {
  return { kind: 'written', remoteId, edited: false };
}

async function findMarked(client: JiraClient, write: IssueWriteEntity): Promise<string | null> {
  const comments = await client.listComments(write.issueId, SEARCHED_COMMENTS);
  return comments.find((comment) => comment.mark?.key === write.key)?.id ?? null;
}

/** The reason to stop, when Jira's answer will not change by asking again, or is not worth it. */
function finalRefusal(write: IssueWriteEntity, problem: JiraProblem): GaveUpReason | null {
  if (write.kind !== 'comment') return decorationRefusal(problem);
  // Somebody may renew the token or grant "Add comments". An edit needs "Edit own comments"; the comment itself is there.
  if (problem.code === 'service_account_rejected') return null;
  if (problem.code === 'service_account_forbidden') return write.remoteId === null ? null : 'refused_by_jira';
  if (problem.status === 404) return 'issue_gone';
  return problem.status === 400 || problem.status === 413 ? 'refused_by_jira' : null;
}

/** Links and reactions are best effort: a refusal, such as the missing permission "Link issues", is the end of them. */
function decorationRefusal({ status }: JiraProblem): GaveUpReason | null {
  if (status === 404) return 'issue_gone';
  return status !== null && status >= 400 && status < 500 && status !== 429 ? 'refused_by_jira' : null;
}
