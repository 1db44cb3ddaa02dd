import { JobState } from '@openhands-jira/contracts';
import fc from 'fast-check';
import {
  canBecome,
  failureOfError,
  isTerminal,
  readAgentState,
  type AgentDecision,
  type AgentReading,
} from './job-state.js';

const MINUTE = 60_000;
const reading: AgentReading = {
  found: true,
  sandboxStatus: 'RUNNING',
  executionStatus: 'running',
  unchangedMs: 0,
  sinceReadyMs: 10 * MINUTE,
  ranBefore: true,
  finishedBefore: false,
  sinceResumeMs: null,
  events: null,
};
const poll = (
  state: 'starting' | 'running' | null,
  mark: 'needs_input' | 'suspended' | null = null,
): AgentDecision => ({
  next: 'poll',
  state,
  mark,
  silent: false,
});

describe('job states', () => {
  it('go forwards only', () => {
    const allowed = JobState.options.flatMap((from) =>
      JobState.options.filter((to) => canBecome(from, to)).map((to) => `${from} -> ${to}`),
    );
    expect(allowed).toEqual([
      'queued -> starting',
      'queued -> failed',
      'queued -> cancelled',
      'starting -> running',
      'starting -> succeeded',
      'starting -> failed',
      'starting -> cancelled',
      'running -> succeeded',
      'running -> failed',
      'running -> cancelled',
    ]);
  });

  it('end in three ways', () => {
    expect(JobState.options.filter(isTerminal)).toEqual(['succeeded', 'failed', 'cancelled']);
  });
});

describe("the agent's states", () => {
  it.each<[string, Partial<AgentReading>, AgentDecision]>([
    [
      'machine starting, never ran',
      { sandboxStatus: 'STARTING', executionStatus: null, ranBefore: false },
      poll('starting'),
    ],
    ['machine starting again', { sandboxStatus: 'STARTING', executionStatus: null }, poll('running')],
    ['running', {}, poll('running')],
    ['running, no answer', { executionStatus: null }, poll(null)],
    [
      'running, no answer for ten minutes',
      { executionStatus: null, unchangedMs: 10 * MINUTE },
      { ...poll(null), silent: true } as AgentDecision,
    ],
    ['idle for seconds', { executionStatus: 'idle', unchangedMs: 5_000 }, poll('running')],
    [
      'idle for five minutes',
      { executionStatus: 'idle', unchangedMs: 5 * MINUTE },
      { next: 'fail', reason: 'agent_idle' },
    ],
    ['paused by somebody', { executionStatus: 'paused' }, poll('running', 'suspended')],
    ['waiting', { executionStatus: 'waiting_for_confirmation' }, poll('running', 'needs_input')],
    ['finished, seen once', { executionStatus: 'finished' }, poll('running')],
    ['finished, seen twice', { executionStatus: 'finished', finishedBefore: true }, { next: 'succeed' }],
    ['error', { executionStatus: 'error' }, { next: 'fail', reason: 'agent_error' }],
    ['stuck', { executionStatus: 'stuck' }, { next: 'fail', reason: 'agent_stuck' }],
    ['deleting', { executionStatus: 'deleting' }, { next: 'cancel', reason: 'stopped_at_agent' }],
    ['an unknown execution state', { executionStatus: 'dreaming' }, poll(null)],
    ['an unknown machine state', { sandboxStatus: 'FROZEN' }, poll(null)],
    ['machine paused, events unread', { sandboxStatus: 'PAUSED', executionStatus: null }, { next: 'read_events' }],
    [
      'machine paused after the end',
      { sandboxStatus: 'PAUSED', executionStatus: null, events: 'finished' },
      { next: 'succeed' },
    ],
    [
      'machine paused after an error',
      { sandboxStatus: 'PAUSED', executionStatus: null, events: 'failed' },
      { next: 'fail', reason: 'agent_error' },
    ],
    [
      'machine paused in mid-run',
      { sandboxStatus: 'PAUSED', executionStatus: null, events: 'was_running' },
      { next: 'resume' },
    ],
    [
      'machine still paused, resumed just now',
      { sandboxStatus: 'PAUSED', executionStatus: null, events: 'was_running', sinceResumeMs: 5_000 },
      poll(null),
    ],
    [
      'machine ended before it was resumed',
      { sandboxStatus: 'PAUSED', executionStatus: null, events: 'finished', sinceResumeMs: 5_000 },
      { next: 'succeed' },
    ],
    [
      'machine still paused, or again, five minutes after it was resumed',
      { sandboxStatus: 'PAUSED', executionStatus: null, events: 'was_running', sinceResumeMs: 5 * MINUTE },
      { next: 'fail', reason: 'agent_suspended' },
    ],
    [
      'machine failed',
      { sandboxStatus: 'ERROR', executionStatus: null },
      { next: 'fail', reason: 'agent_sandbox_error' },
    ],
    ['machine gone, events unread', { sandboxStatus: 'MISSING', executionStatus: null }, { next: 'read_events' }],
    [
      'machine gone after the end',
      { sandboxStatus: 'MISSING', executionStatus: null, events: 'finished' },
      { next: 'succeed' },
    ],
    [
      'machine gone in mid-run',
      { sandboxStatus: 'MISSING', executionStatus: null, events: 'was_running' },
      { next: 'fail', reason: 'agent_sandbox_missing' },
    ],
    ['conversation not there yet', { found: false, sinceReadyMs: 59_000 }, poll(null)],
    ['conversation gone', { found: false, sinceReadyMs: MINUTE }, { next: 'cancel', reason: 'stopped_at_agent' }],
  ])('%s', (_, facts, decision) => {
    expect(readAgentState({ ...reading, ...facts })).toEqual(decision);
  });

  it('never end a job as succeeded without a sign of the end', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('STARTING', 'RUNNING', 'PAUSED', 'ERROR', 'MISSING', 'OTHER', null),
        fc.constantFrom(
          'idle',
          'running',
          'paused',
          'waiting_for_confirmation',
          'error',
          'stuck',
          'deleting',
          'other',
          null,
        ),
        fc.nat(),
        fc.boolean(),
        (sandboxStatus, executionStatus, unchangedMs, found) => {
          const decision = readAgentState({
            ...reading,
            sandboxStatus,
            executionStatus,
            unchangedMs,
            found,
            events: 'was_running',
          });
          expect(decision.next).not.toBe('succeed');
        },
      ),
    );
  });
});

describe('errors of a run', () => {
  it.each([
    ['MaxIterationsReached', null, 'agent_quota_exceeded', 'iterations'],
    ['MaxBudgetReached', null, 'agent_quota_exceeded', 'budget'],
    ['LLMError', 'quota', 'agent_quota_exceeded', 'credit'],
    ['LLMAuthenticationError', 'auth', 'agent_model_key_invalid', undefined],
    ['LLMAuthenticationError', null, 'agent_model_key_invalid', undefined],
    ['Other', 'config', 'agent_settings_missing', undefined],
    ['Other', 'transient', 'agent_error', undefined],
    [null, null, 'agent_error', undefined],
  ])('%s of kind %s is %s', (code, kind, reason, quota) => {
    expect(failureOfError(code, kind)).toEqual({ reason, details: quota === undefined ? {} : { quota } });
  });
});
