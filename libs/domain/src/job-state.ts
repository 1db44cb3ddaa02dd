/**
 * The states of a job, and what the agent's own states mean for it.
 *
 * A job goes `queued`, `starting`, `running` and ends as `succeeded`, `failed` or `cancelled`; ends never change.
 * OpenHands tells two states, one of the sandbox (the machine) and one of the execution (the run in it). This file is the
 * one table that reads both, plus how long they have been so, and says what to do next. Pure: the runner brings the
 * facts and carries out the decision.
 */
import type { JobCancelReason, JobFailureReason, JobState } from '@openhands-jira/contracts';
import type { FailureDetails } from './comment/failure-words.js';

const NEXT_STATES: Record<JobState, readonly JobState[]> = {
  queued: ['starting', 'failed', 'cancelled'],
  starting: ['running', 'succeeded', 'failed', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

export function isTerminal(state: JobState): boolean {
  return NEXT_STATES[state].length === 0;
}

/** True when a job may go from one state to the other. A state to itself is no change and not allowed. */
export function canBecome(from: JobState, to: JobState): boolean {
  return NEXT_STATES[from].includes(to);
}

/** Not yet begun to work although ready: after this time the run is given up. */
export const IDLE_LIMIT_MS = 5 * 60_000;
/** The agent's server is silent although its machine runs: after this time the status comment says so. */
export const SILENT_NOTICE_MS = 10 * 60_000;
/** A paused machine that was resumed may stay paused for this long: the resume only begins to wake it. */
export const RESUME_LIMIT_MS = 5 * 60_000;
/** A fresh conversation may be missing from the list for this long. */
export const APPEARANCE_LIMIT_MS = 60_000;

/** What the events of a conversation tell about the end of its last run. */
export type EventsVerdict = 'finished' | 'failed' | 'was_running';

/** One look at the agent. Times are milliseconds. */
export interface AgentReading {
  /** False when OpenHands answers `null` for the conversation: unknown, deleted or not ours. */
  found: boolean;
  /** `STARTING RUNNING PAUSED ERROR MISSING`; anything else keeps the job as it is. */
  sandboxStatus: string | null;
  /** `idle running paused waiting_for_confirmation finished error stuck deleting`, or null. */
  executionStatus: string | null;
  /** Since when both states have been as they are now. */
  unchangedMs: number;
  /** Since the conversation became ready. */
  sinceReadyMs: number;
  /** True when this job was seen running before. */
  ranBefore: boolean;
  /** True when the previous look showed `RUNNING` and `finished` too. */
  finishedBefore: boolean;
  /** Since this job's machine was resumed, which happens once; null when it was not. */
  sinceResumeMs: number | null;
  /** What the events tell; null as long as they were not read. */
  events: EventsVerdict | null;
}

/** A mark on a running job that people should know of. */
export type JobMark = 'needs_input' | 'suspended';

export type AgentDecision =
  /** Look again later. `state` null: leave state and mark as they are. `silent`: tell that the agent does not answer. */
  | { next: 'poll'; state: 'starting' | 'running' | null; mark: JobMark | null; silent: boolean }
  /** Read the events, then decide again with `events` filled. */
  | { next: 'read_events' }
  | { next: 'resume' }
  /** Read the final text, then end the job. */
  | { next: 'succeed' }
  /** `agent_error`: the last `ConversationErrorEvent` may give a better reason, see `failureOfError`. */
  | { next: 'fail'; reason: JobFailureReason }
  | { next: 'cancel'; reason: JobCancelReason };

/** The table of the agent's states (openhands-api.md, section 3). */
export function readAgentState(reading: AgentReading): AgentDecision {
  if (!reading.found) return missingConversation(reading);
  switch (reading.sandboxStatus) {
    case 'STARTING':
      return poll(reading.ranBefore ? 'running' : 'starting');
    case 'RUNNING':
      return runningSandbox(reading);
    case 'PAUSED':
      return byEvents(reading, pausedInMidRun(reading));
    case 'MISSING':
      return byEvents(reading, fail('agent_sandbox_missing'));
    case 'ERROR':
      return fail('agent_sandbox_error');
    default:
      return poll(null);
  }
}

function pausedInMidRun({ sinceResumeMs }: AgentReading): AgentDecision {
  if (sinceResumeMs === null) return { next: 'resume' };
  return sinceResumeMs < RESUME_LIMIT_MS ? poll(null) : fail('agent_suspended');
}

function missingConversation(reading: AgentReading): AgentDecision {
  return reading.sinceReadyMs < APPEARANCE_LIMIT_MS ? poll(null) : { next: 'cancel', reason: 'stopped_at_agent' };
}

function runningSandbox(reading: AgentReading): AgentDecision {
  switch (reading.executionStatus) {
    case null:
      return { ...poll(null), silent: reading.unchangedMs >= SILENT_NOTICE_MS };
    case 'running':
      return poll('running');
    case 'idle':
      return reading.unchangedMs >= IDLE_LIMIT_MS ? fail('agent_idle') : poll('running');
    case 'paused':
      return poll('running', 'suspended');
    case 'waiting_for_confirmation':
      return poll('running', 'needs_input');
    case 'finished':
      // A hook may send a finished run back to work once, so the end counts when it is seen twice.
      return reading.finishedBefore ? { next: 'succeed' } : poll('running');
    case 'error':
      return fail('agent_error');
    case 'stuck':
      return fail('agent_stuck');
    case 'deleting':
      return { next: 'cancel', reason: 'stopped_at_agent' };
    default:
      return poll(null);
  }
}

/** Without a running machine the truth is in the events: the run may have ended before the machine did. */
function byEvents(reading: AgentReading, otherwise: AgentDecision): AgentDecision {
  switch (reading.events) {
    case null:
      return { next: 'read_events' };
    case 'finished':
      return { next: 'succeed' };
    case 'failed':
      return fail('agent_error');
    case 'was_running':
      return otherwise;
  }
}

/** The reason behind a `ConversationErrorEvent`: its code, and the kind of its classification when it has one. */
export function failureOfError(
  code: string | null,
  kind: string | null,
): { reason: JobFailureReason; details: FailureDetails } {
  if (code === 'MaxIterationsReached') return { reason: 'agent_quota_exceeded', details: { quota: 'iterations' } };
  if (code === 'MaxBudgetReached') return { reason: 'agent_quota_exceeded', details: { quota: 'budget' } };
  if (kind === 'quota') return { reason: 'agent_quota_exceeded', details: { quota: 'credit' } };
  if (kind === 'auth' || code === 'LLMAuthenticationError') return { reason: 'agent_model_key_invalid', details: {} };
  if (kind === 'config') return { reason: 'agent_settings_missing', details: {} };
  return { reason: 'agent_error', details: {} };
}

type Poll = Extract<AgentDecision, { next: 'poll' }>;

function poll(state: Poll['state'], mark: JobMark | null = null): Poll {
  return { next: 'poll', state, mark, silent: false };
}

function fail(reason: JobFailureReason): AgentDecision {
  return { next: 'fail', reason };
}
