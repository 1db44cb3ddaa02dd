import type { JobCancelReason, JobFailureReason, JobRepository, JobState } from '@openhands-jira/contracts';
import type { CommentAudience, MessagePerson } from '@openhands-jira/domain';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { WorkContext } from '../config/work-context.js';

/** One accepted request until its report. */
@Entity('jobs')
export class JobEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'connection_id' }) connectionId!: string;
  @Column('uuid', { name: 'delivery_id', nullable: true }) deliveryId!: string | null;
  @Column('text', { name: 'trigger_key' }) triggerKey!: string;
  @Column('text') trigger!: 'mention' | 'label' | 'retry';
  @Column('text', { name: 'issue_id' }) issueId!: string;
  @Column('text', { name: 'issue_key' }) issueKey!: string;
  @Column('text', { name: 'issue_url' }) issueUrl!: string;
  @Column('text', { name: 'issue_summary' }) issueSummary!: string;
  @Column('boolean', { name: 'service_project' }) serviceProject!: boolean;
  /** The comment that asked; null for a label. */
  @Column('text', { name: 'comment_id', nullable: true }) commentId!: string | null;
  /** Who may read our answers. */
  @Column('jsonb') audience!: CommentAudience;
  @Column('uuid', { name: 'user_id', nullable: true }) userId!: string | null;
  /** The person in Jira who asked. */
  @Column('jsonb') actor!: MessagePerson;
  @Column('text', { name: 'link_method', nullable: true }) linkMethod!: 'oauth' | 'email' | null;
  @Column('jsonb', { nullable: true }) repository!: JobRepository | null;
  /** The first message of a fresh conversation. */
  @Column('text') prompt!: string;
  /** What is said instead in an earlier conversation. */
  @Column('text', { name: 'follow_up_prompt', nullable: true }) followUpPrompt!: string | null;
  @Column('text', { name: 'system_suffix' }) systemSuffix!: string;
  @Column('text') state!: JobState;
  @Column('text', { nullable: true }) mark!: 'needs_input' | 'suspended' | null;
  @Column('uuid', { name: 'conversation_id', nullable: true }) conversationId!: string | null;
  @Column('text', { name: 'conversation_url', nullable: true }) conversationUrl!: string | null;
  /** The job in whose conversation this one goes on. */
  @Column('uuid', { name: 'continues_job_id', nullable: true }) continuesJobId!: string | null;
  @Column('uuid', { name: 'previous_job_id', nullable: true }) previousJobId!: string | null;
  @Column('text', { nullable: true }) failure!: JobFailureReason | null;
  @Column('text', { name: 'cancel_reason', nullable: true }) cancelReason!: JobCancelReason | null;
  @Column('text', { name: 'cancelled_by', nullable: true }) cancelledBy!: string | null;
  @Column('text', { name: 'result_text', nullable: true }) resultText!: string | null;
  @Column('text', { name: 'pull_requests', array: true }) pullRequests!: string[];
  /** Trace of the delivery that asked, while traces are switched on. */
  @Column('text', { nullable: true }) traceparent!: string | null;
  /** When the status comment was in Jira. */
  @Column('timestamptz', { name: 'acknowledged_at', nullable: true }) acknowledgedAt!: Date | null;
  @Column('timestamptz', { name: 'received_at' }) receivedAt!: Date;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt!: Date | null;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}

/**
 * `starting`: asked for, conversation not there yet. `running`: followed. `stopping`: the job has ended, the agent must
 * still be stopped. Then one of the ends of a job.
 */
export type RunState = 'starting' | 'running' | 'stopping' | 'succeeded' | 'failed' | 'cancelled';

/** One attempt at the agent. */
@Entity('job_runs')
export class JobRunEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'job_id' }) jobId!: string;
  @Column('integer') number!: number;
  /** Chosen by us and committed before the agent hears of it. */
  @Column('uuid', { name: 'conversation_id' }) conversationId!: string;
  @Column('text', { name: 'start_task_id', nullable: true }) startTaskId!: string | null;
  @Column('text', { name: 'sandbox_id', nullable: true }) sandboxId!: string | null;
  @Column('text', { name: 'agent_account' }) agentAccount!: string;
  @Column('text') state!: RunState;
  @Column('jsonb') follow!: FollowMemory;
  /** When the follower looks again; null while the start has not been handed over. */
  @Column('timestamptz', { name: 'next_poll_at', nullable: true }) nextPollAt!: Date | null;
  @Column('timestamptz', { name: 'started_at' }) startedAt!: Date;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
  @Column('text', { nullable: true }) failure!: JobFailureReason | null;
}

/** Whether the run began afresh or goes on in an earlier conversation. */
export type RunConversation = 'fresh' | 'going_on' | 'fresh_conversation_gone';

/** What is remembered between two looks at a run. Times are ISO strings of our clock, unless said otherwise. */
export interface FollowMemory {
  conversation?: RunConversation;
  /** A start may have reached the agent since then. */
  startAttemptedAt?: string | null;
  readyAt?: string;
  sandboxStatus?: string | null;
  executionStatus?: string | null;
  unchangedSince?: string;
  ranBefore?: boolean;
  resumedAt?: string;
  /** Consecutive looks without an answer. */
  failures?: number;
  keyRefusals?: number;
  /** The end was seen; the last words may come late. */
  endSeenAt?: string | null;
  silenceNoted?: boolean;
  /** Agent's time of the latest message of a person before ours: words count when they answer a newer message. */
  wordsAfter?: string | null;
  /** A message that may have reached the agent. */
  sending?: { what: string; before: string; at: string } | null;
}

/** An instruction that is passed on to an active job. */
@Entity('job_notes')
export class JobNoteEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'job_id' }) jobId!: string;
  @Column('uuid', { name: 'delivery_id' }) deliveryId!: string;
  @Column('text', { name: 'from_name' }) fromName!: string;
  @Column('text') text!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'sent_at', nullable: true }) sentAt!: Date | null;
  @Column('text', { nullable: true }) failed!: string | null;
}

/** One line of a job's timeline. */
@Entity('job_events')
export class JobEventEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'job_id' }) jobId!: string;
  @Column('timestamptz') at!: Date;
  @Column('text') kind!: string;
  @Column('text') detail!: string;
}

export const JOB_ENTITIES = [JobEntity, JobRunEntity, JobNoteEntity, JobEventEntity];

/** What work on a job is about. */
export function aboutJob({ id, deliveryId, traceparent }: Pick<JobEntity, 'id' | 'deliveryId' | 'traceparent'>): WorkContext {
  return { jobId: id, deliveryId: deliveryId ?? undefined, traceparent: traceparent ?? undefined };
}

/** States of a job that is not over. */
export const ACTIVE_STATES: JobState[] = ['queued', 'starting', 'running'];

/** Remembers something about a run. Several writers do so at the same time, each with its own fields. */
export const REMEMBER = 'UPDATE job_runs SET follow = follow || $2::jsonb WHERE id = $1';

/** In SQL, about a new entry of the queue `job-wish`: the job has instructions that did not go out yet. */
export const HAS_OPEN_NOTES = `EXISTS (SELECT FROM job_notes WHERE job_id = (wanted.data->>'jobId')::uuid AND sent_at IS NULL AND failed IS NULL)`;
