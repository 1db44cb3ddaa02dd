/**
 * How a delivery ends: one outcome and one reason code.
 *
 * A delivery is one HTTP call from Jira. It ends in exactly one of these words:
 * - `job`: work or a command was accepted
 * - `ignored`: not for us, silent in the issue
 * - `refused`: for us, but cannot be done; the issue says why and what to do next
 * - `rejected`: not let in; answered with an HTTP error and not stored
 * - `failed`: our side or a service we need failed, after all retries
 *
 * `pending` is a delivery that is stored and not decided yet.
 */
import { z } from 'zod';

/** Reason codes of accepted deliveries. */
export const JOB_REASONS = ['started', 'continued', 'command_done', 'cancelled_by_event'] as const;

/** Reason codes of deliveries that are not for us. Nothing is written into the issue. */
export const IGNORED_REASONS = [
  'event_not_used',
  'no_mention_no_label',
  'mention_in_code_or_quote',
  'mention_near_miss',
  'label_already_present',
  'label_removed',
  'comment_already_handled',
  'comment_deleted',
  'courtesy_only',
  'self_authored',
  'duplicate_delivery',
  'duplicate_trigger',
  'merged_with_job',
  'project_out_of_scope',
  'connection_paused',
  'connection_pending',
  'shadow_accepted',
  'shadow_refused',
  'withdrawn',
  'payload_mismatch',
] as const;

/** Reason codes of refusals: each has a message with the next step. */
export const REFUSED_REASONS = [
  'user_not_linked',
  'user_no_account',
  'user_email_hidden',
  'user_search_forbidden',
  'user_link_ambiguous',
  'user_link_expired',
  'user_signin_expired',
  'user_is_app',
  'user_not_allowed',
  'git_provider_not_connected',
  'git_signin_expired',
  'repo_missing',
  'repo_invalid',
  'repo_host_unknown',
  'repo_no_access',
  'repo_ambiguous',
  'issue_unreadable',
  'gate_not_met',
  'already_running',
  'issue_rate_limited',
  'nothing_to_stop',
  'nothing_to_retry',
  'command_not_allowed',
] as const;

/** Reason codes of calls that were not let in. Only counters and header names are kept of them. */
export const REJECTED_REASONS = [
  'signature_missing',
  'signature_unsupported',
  'signature_mismatch',
  'signature_secret_retired',
  'secret_not_set',
  'connection_unknown',
  'body_empty',
  'body_too_large',
  'body_unreadable',
] as const;

/** Reason codes of failures on our side or of a service that we need. */
export const FAILED_REASONS = [
  'service_account_rejected',
  'service_account_forbidden',
  'jira_unreachable',
  'jira_site_renamed',
  'jira_rate_limited',
  'jira_unexpected_answer',
  'git_provider_unreachable',
  'internal_error',
] as const;

export const REASONS_BY_OUTCOME = {
  job: JOB_REASONS,
  ignored: IGNORED_REASONS,
  refused: REFUSED_REASONS,
  rejected: REJECTED_REASONS,
  failed: FAILED_REASONS,
} as const;

export const JobReason = z.enum(JOB_REASONS);
export type JobReason = z.infer<typeof JobReason>;
export const IgnoredReason = z.enum(IGNORED_REASONS);
export type IgnoredReason = z.infer<typeof IgnoredReason>;
export const RefusedReason = z.enum(REFUSED_REASONS);
export type RefusedReason = z.infer<typeof RefusedReason>;
export const RejectedReason = z.enum(REJECTED_REASONS);
export type RejectedReason = z.infer<typeof RejectedReason>;
export const FailedReason = z.enum(FAILED_REASONS);
export type FailedReason = z.infer<typeof FailedReason>;

/** Every reason code a delivery can end with. */
export const DeliveryReason = z
  .enum([...JOB_REASONS, ...IGNORED_REASONS, ...REFUSED_REASONS, ...REJECTED_REASONS, ...FAILED_REASONS])
  .meta({ id: 'DeliveryReason' });
export type DeliveryReason = z.infer<typeof DeliveryReason>;

/** The word a delivery ends with, or `pending` while it is not decided. */
export const DeliveryOutcome = z
  .enum(['pending', 'job', 'ignored', 'refused', 'rejected', 'failed'])
  .meta({ id: 'DeliveryOutcome' });
export type DeliveryOutcome = z.infer<typeof DeliveryOutcome>;

/** Why a job ended without a result. */
export const JobFailureReason = z
  .enum([
    'agent_not_configured',
    'agent_key_rejected',
    'agent_unreachable',
    'agent_start_failed',
    'agent_start_timeout',
    'agent_settings_missing',
    'agent_model_key_invalid',
    'agent_quota_exceeded',
    'agent_error',
    'agent_stuck',
    'agent_idle',
    'agent_suspended',
    'agent_sandbox_error',
    'agent_sandbox_missing',
    'time_limit',
  ])
  .meta({ id: 'JobFailureReason' });
export type JobFailureReason = z.infer<typeof JobFailureReason>;

/** Why a job was cancelled. */
export const JobCancelReason = z
  .enum(['stopped_by_person', 'comment_deleted', 'issue_deleted', 'connection_removed', 'replaced', 'stopped_at_agent'])
  .meta({ id: 'JobCancelReason' });
export type JobCancelReason = z.infer<typeof JobCancelReason>;
