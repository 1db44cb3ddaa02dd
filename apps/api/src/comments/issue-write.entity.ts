import type { CommentAudience, JiraCapabilities, Message, RemoteLink } from '@openhands-jira/domain';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { among, type Change } from '../database/changes.js';

/** What a write holds, by its kind. */
export interface WriteContent {
  comment: {
    message: Message;
    /** Set when this comment is only needed where the product lacks that capability. */
    insteadOf?: keyof JiraCapabilities;
  };
  remote_link: { link: RemoteLink };
  reaction: { commentId: string };
}

export type WriteKind = keyof WriteContent;

/**
 * One thing that should exist in an issue: a comment, a remote link or a reaction. `revision` is what we want,
 * `writtenRevision` what Jira has; the row is due while they differ and nobody gave up.
 */
@Entity('issue_writes')
export class IssueWriteEntity {
  @PrimaryColumn('uuid') id!: string;
  /** The same key is never written twice. */
  @Column('text') key!: string;
  @Column('uuid', { name: 'connection_id' }) connectionId!: string;
  @Column('text', { name: 'issue_id' }) issueId!: string;
  @Column('text') kind!: WriteKind;
  @Column('uuid', { name: 'job_id', nullable: true }) jobId!: string | null;
  @Column('uuid', { name: 'delivery_id', nullable: true }) deliveryId!: string | null;
  @Column('text', { name: 'memory_group', nullable: true }) memoryGroup!: string | null;
  @Column('jsonb') content!: WriteContent[WriteKind];
  @Column('jsonb', { nullable: true }) audience!: CommentAudience | null;
  /** Edits ask Jira to send no mail, where it can. */
  @Column('boolean') quiet!: boolean;
  @Column('integer') revision!: number;
  @Column('integer', { name: 'written_revision' }) writtenRevision!: number;
  @Column('text', { name: 'remote_id', nullable: true }) remoteId!: string | null;
  @Column('integer') attempts!: number;
  @Column('timestamptz', { name: 'post_attempted_at', nullable: true }) postAttemptedAt!: Date | null;
  @Column('integer', { name: 'posting_revision', nullable: true }) postingRevision!: number | null;
  @Column('timestamptz', { name: 'next_attempt_at' }) nextAttemptAt!: Date;
  @Column('timestamptz', { name: 'failing_since', nullable: true }) failingSince!: Date | null;
  /** How often the comment was edited in Jira. */
  @Column('integer') edits!: number;
  @Column('text', { name: 'gave_up_reason', nullable: true }) gaveUpReason!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'written_at', nullable: true }) writtenAt!: Date | null;
}

/** In SQL: a row when this comment was written by us through this outbox; the places of the connection's id and of the comment's. */
export const ourComment = (connection: string, comment: string): string => `SELECT FROM issue_writes WHERE connection_id = ${connection} AND remote_id = ${comment} AND kind = 'comment' LIMIT 1`;

/**
 * Adds wishes, or raises the revision of those whose content is another one now. A wish that was given up because its issue or
 * its comment is gone stays given up; any other gets a new chance with its new content.
 */
export function ensureWrites(rows: string): Change {
  return (place, when) => `
    INSERT INTO issue_writes (id, key, connection_id, issue_id, kind, job_id, delivery_id, memory_group, content, audience, quiet)
    SELECT id, key, connection_id, issue_id, kind, job_id, delivery_id, memory_group, content, audience, quiet FROM jsonb_to_recordset(${place(rows)}::jsonb) AS wanted
      (id uuid, key text, connection_id uuid, issue_id text, kind text, job_id uuid, delivery_id uuid, memory_group text, content jsonb, audience jsonb, quiet boolean)
    WHERE ${when}
    ORDER BY id
    ON CONFLICT (key) DO UPDATE SET
      content = EXCLUDED.content,
      quiet = EXCLUDED.quiet,
      revision = issue_writes.revision + 1,
      attempts = 0,
      failing_since = NULL,
      gave_up_reason = CASE WHEN issue_writes.gave_up_reason IN ('issue_gone', 'comment_gone') THEN issue_writes.gave_up_reason END
    WHERE issue_writes.content IS DISTINCT FROM EXCLUDED.content
    RETURNING id`;
}

/** What became of a write that Jira was asked for. */
export type Outcome =
  | { kind: 'written'; write: IssueWriteEntity; remoteId: string | null; edited: boolean; at: Date }
  /** A newer revision gets a chance of its own. */
  | { kind: 'gave_up'; write: IssueWriteEntity; reason: string };

/** Puts what Jira has now into the rows, and counts the edits that it took. */
export function markWritten(outcomes: (Outcome & { kind: 'written' })[]): Change {
  const rows = outcomes.map(({ write, remoteId, edited, at }) => ({ id: write.id, remote_id: remoteId, revision: write.revision, edits: edited ? 1 : 0, at }));
  return (place, when) => `
    UPDATE issue_writes SET
      remote_id = now_there.remote_id, written_revision = now_there.revision, written_at = now_there.at, edits = issue_writes.edits + now_there.edits,
      attempts = 0, failing_since = NULL, post_attempted_at = NULL, posting_revision = NULL
    FROM jsonb_to_recordset(${place(JSON.stringify(rows))}::jsonb) AS now_there (id uuid, remote_id text, revision int, edits int, at timestamptz)
    WHERE ${among('issue_writes.id', 'uuid', place, rows.map(({ id }) => id))} AND issue_writes.id = now_there.id AND ${when}`;
}

/** Writes that will never happen. */
export function giveUp(outcomes: (Outcome & { kind: 'gave_up' })[]): Change {
  const rows = outcomes.map(({ write, reason }) => ({ id: write.id, revision: write.revision, reason }));
  return (place, when) => `
    UPDATE issue_writes SET gave_up_reason = given_up.reason FROM jsonb_to_recordset(${place(JSON.stringify(rows))}::jsonb) AS given_up (id uuid, revision int, reason text)
    WHERE ${among('issue_writes.id', 'uuid', place, rows.map(({ id }) => id))} AND issue_writes.id = given_up.id AND issue_writes.revision = given_up.revision AND ${when}`;
}
