/**
 * What an agent run does, told as a script: a list of frames. Each time somebody looks at the conversation (or a test calls `advance`)
 * the run goes on by one frame; the last frame stays. So a whole run needs no sleeping, and every strange life that
 * openhands-api.md 3 and 4 describe is one short list.
 */

export type SandboxStatus = 'STARTING' | 'RUNNING' | 'PAUSED' | 'ERROR' | 'MISSING';
export type ExecutionStatus = 'idle' | 'running' | 'paused' | 'waiting_for_confirmation' | 'finished' | 'error' | 'stuck' | 'deleting';

/** An event of the run, without id, time and parent, which the conversation adds. */
export interface ScriptEvent {
  kind: string;
  source: 'agent' | 'user' | 'environment' | 'hook';
  [field: string]: unknown;
}

export interface Frame {
  sandbox: SandboxStatus;
  /** Null: the agent-server does not answer, or the sandbox is not running. */
  execution: ExecutionStatus | null;
  /** Events that arrive with this frame. */
  events?: ScriptEvent[];
  /** Why the sandbox failed. */
  detail?: string;
  /** The whole conversation reads as null: deleted, or not ours any more. */
  gone?: boolean;
}

export interface Script {
  name: string;
  /** `ready`: the steps end well; `error`: the task ends in ERROR; `stuck`: it never ends. */
  start: 'ready' | 'error' | 'stuck';
  startError?: string;
  frames: Frame[];
  /** What happens after a follow-up message; a short run with another text when absent. */
  afterMessage?: Frame[];
  /** What happens after the sandbox was resumed; it goes on as it was when absent. */
  afterResume?: Frame[];
  /** How many event reads pass before the events of the last frame can be seen: they reach the server late (fact 12). */
  eventDelayReads?: number;
}

const running: Frame = { sandbox: 'RUNNING', execution: 'running' };
const idle: Frame = { sandbox: 'RUNNING', execution: 'idle' };

/** The agent calls `finish` with its last words. */
export function finishEvent(message: string): ScriptEvent {
  return {
    kind: 'ActionEvent',
    source: 'agent',
    thought: [{ type: 'text', text: 'Done.' }],
    tool_name: 'finish',
    tool_call_id: 'call-finish',
    action: { message, kind: 'FinishAction' },
    tool_call: { id: 'call-finish', name: 'finish', arguments: JSON.stringify({ message }), origin: 'completion' },
    security_risk: 'UNKNOWN',
    summary: null,
  };
}

/** The agent just says something: a question, or "I could not". */
export function messageEvent(text: string): ScriptEvent {
  return { kind: 'MessageEvent', source: 'agent', llm_message: { role: 'assistant', content: [{ type: 'text', text }] }, activated_skills: [] };
}

/** The run ended with an error. `classification` is absent on older servers. */
export function errorEvent(code: string, classification?: { kind: string; retryable: boolean }): ScriptEvent {
  const event: ScriptEvent = { kind: 'ConversationErrorEvent', source: 'environment', code, detail: 'Text of the model provider, not for users' };
  return classification === undefined ? event : { ...event, classification };
}

function statusEvent(value: ExecutionStatus): ScriptEvent {
  return { kind: 'ConversationStateUpdateEvent', source: 'environment', key: 'execution_status', value };
}

/** A frame that ends a run, with the state update that the agent-server sends. */
function end(execution: ExecutionStatus, ...events: ScriptEvent[]): Frame {
  return { sandbox: 'RUNNING', execution, events: [...events, statusEvent(execution)] };
}

/** Events that say nothing to us and must not disturb: unknown kinds, a failed tool call, a large state. */
const noise: ScriptEvent[] = [
  { kind: 'AgentErrorEvent', source: 'agent', tool_name: 'terminal', error: 'A tool call failed; the run goes on.' },
  { kind: 'SomethingNewEvent', source: 'environment', whatever: true },
  { kind: 'ConversationStateUpdateEvent', source: 'environment', key: 'full_state', value: { agent: { filler: 'x'.repeat(200_000) } } },
];

/** Finishes after a few looks with this text. */
export function finishes(text: string, options: { looks?: number; eventDelayReads?: number } = {}): Script {
  const { looks = 2, eventDelayReads = 0 } = options;
  const frames = [idle, ...Array.from({ length: looks }, () => running), end('finished', finishEvent(text))];
  return { name: 'finish', start: 'ready', frames, eventDelayReads };
}

/** Ends with a plain message in place of a finish call. */
export function endsWithMessage(text: string): Script {
  return { name: 'message', start: 'ready', frames: [idle, running, end('finished', messageEvent(text))] };
}

/** Ends with an error of the run. */
export function fails(code = 'LLMAuthenticationError', classification?: { kind: string; retryable: boolean }): Script {
  return { name: 'error', start: 'ready', frames: [idle, running, end('error', errorEvent(code, classification))] };
}

/** The start task ends in ERROR. */
export function startFails(reason = 'The repository could not be opened with any connected provider'): Script {
  return { name: 'start-error', start: 'error', startError: reason, frames: [] };
}

const question = 'Which currency should I use?';
const result = 'Finished after all.';
const finished = end('finished', finishEvent(result));

/** Lives that need no parameter, by name: for the control page and for tables of tests. */
export const NAMED_SCRIPTS: Record<string, Script> = {
  message: endsWithMessage(question),
  error: fails('LLMAuthenticationError', { kind: 'auth', retryable: false }),
  'error-without-classification': fails('MaxIterationsReached'),
  stuck: { name: 'stuck', start: 'ready', frames: [idle, running, end('stuck')] },
  waiting: { name: 'waiting', start: 'ready', frames: [idle, running, end('waiting_for_confirmation')] },
  'paused-in-ui': { name: 'paused-in-ui', start: 'ready', frames: [idle, running, end('paused')] },
  'idle-for-ever': { name: 'idle-for-ever', start: 'ready', frames: [idle] },
  'runs-for-ever': { name: 'runs-for-ever', start: 'ready', frames: [idle, running] },
  deleting: { name: 'deleting', start: 'ready', frames: [idle, running, { sandbox: 'RUNNING', execution: 'deleting' }] },
  unreachable: { name: 'unreachable', start: 'ready', frames: [idle, { sandbox: 'RUNNING', execution: null }] },
  'unreachable-for-a-moment': {
    name: 'unreachable-for-a-moment',
    start: 'ready',
    frames: [idle, running, { sandbox: 'RUNNING', execution: null }, running, finished],
  },
  'finish-flips-back': {
    name: 'finish-flips-back',
    start: 'ready',
    frames: [idle, running, end('finished', finishEvent('Too early.')), running, finished],
  },
  'paused-after-finish': { name: 'paused-after-finish', start: 'ready', frames: [idle, running, finished, { sandbox: 'PAUSED', execution: null }] },
  'finished-and-paused-unseen': {
    name: 'finished-and-paused-unseen',
    start: 'ready',
    frames: [running, { sandbox: 'PAUSED', execution: null, events: [finishEvent(result), statusEvent('finished')] }],
  },
  'paused-mid-run': {
    name: 'paused-mid-run',
    start: 'ready',
    frames: [idle, { ...running, events: [statusEvent('running')] }, { sandbox: 'PAUSED', execution: null }],
    afterResume: [{ sandbox: 'STARTING', execution: null }, running, finished],
  },
  'paused-mid-run-then-error': {
    name: 'paused-mid-run-then-error',
    start: 'ready',
    frames: [idle, { ...running, events: [statusEvent('running')] }, { sandbox: 'PAUSED', execution: null }],
    afterResume: [{ sandbox: 'STARTING', execution: null }, end('error', errorEvent('RunInterrupted'))],
  },
  missing: { name: 'missing', start: 'ready', frames: [idle, running, { sandbox: 'MISSING', execution: null }] },
  'missing-after-finish': { name: 'missing-after-finish', start: 'ready', frames: [idle, finished, { sandbox: 'MISSING', execution: null }] },
  'sandbox-error': { name: 'sandbox-error', start: 'ready', frames: [idle, running, { sandbox: 'ERROR', execution: null, detail: 'Out of disk' }] },
  gone: { name: 'gone', start: 'ready', frames: [idle, running, { ...running, gone: true }] },
  'finish-without-text': { name: 'finish-without-text', start: 'ready', frames: [idle, running, end('finished')] },
  'late-text': finishes(result, { eventDelayReads: 4 }),
  noisy: { name: 'noisy', start: 'ready', frames: [idle, { ...running, events: noise }, finished] },
  'start-error': startFails(),
  'start-stuck': { name: 'start-stuck', start: 'stuck', frames: [] },
};

/** What follows a message to a conversation whose script says nothing about it. */
export function defaultAfterMessage(text: string): Frame[] {
  return [running, end('finished', finishEvent(`I did what you asked: ${text.slice(0, 200)}`))];
}
