/** One conversation of the agent: its start task, its sandbox, its events, and where its script has arrived. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { defaultAfterMessage, type ExecutionStatus, type Frame, type SandboxStatus, type Script, type ScriptEvent } from './scripts.ts';

/** Steps of a start task in their order (openhands-api.md 2). */
export const START_STEPS = [
  'WORKING',
  'WAITING_FOR_SANDBOX',
  'PREPARING_REPOSITORY',
  'RUNNING_SETUP_SCRIPT',
  'SETTING_UP_GIT_HOOKS',
  'SETTING_UP_SKILLS',
  'STARTING_CONVERSATION',
  'READY',
] as const;

export interface AgentEvent extends ScriptEvent {
  id: string;
  timestamp: string;
  parent_id: null;
}

export interface ConversationStart {
  userId: string;
  id: string;
  request: Record<string, unknown>;
  script: Script;
  clock: SandboxClock;
}

/** `0198f3c2-7a11-...` and `0198f3c27a11...` are the same id; answers of the app server carry the second form. Null: no id at all. */
export function undashed(id: string): string | null {
  const hex = id.replaceAll('-', '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(hex) ? hex : null;
}

export class Conversation {
  readonly taskId = randomUUID().replaceAll('-', '');
  readonly id: string;
  readonly userId: string;
  readonly request: Record<string, unknown>;
  readonly createdAt: number;
  readonly script: Script;
  title: string;
  sessionKey = newSessionKey();
  deleted = false;
  #clock: SandboxClock;
  #step = 0;
  #startFailure: string | null = null;
  #frames: Frame[];
  #frame = -1;
  #events: { event: AgentEvent; visibleAfterRead: number }[] = [];
  #eventReads = 0;
  #looks = 0;

  constructor(start: ConversationStart) {
    this.id = start.id;
    this.userId = start.userId;
    this.request = start.request;
    this.script = start.script;
    this.#clock = start.clock;
    this.#frames = start.script.frames;
    this.createdAt = start.clock.now();
    this.title = `Conversation ${start.id.slice(0, 5)}`;
  }

  get startStatus(): string {
    return this.#startFailure === null ? (START_STEPS[this.#step] ?? 'READY') : 'ERROR';
  }

  get startDetail(): string | null {
    return this.#startFailure;
  }

  get isReady(): boolean {
    return this.startStatus === 'READY';
  }

  get frame(): Frame {
    return this.#frames[Math.max(this.#frame, 0)] ?? { sandbox: 'RUNNING', execution: 'idle' };
  }

  /** USD so far; null until the first statistics arrived. */
  get cost(): number | null {
    return this.#looks < 2 ? null : Math.round(this.#looks * 700) / 10_000;
  }

  /** The next step of the start; what a poll of the start task sees. */
  advanceStart(): void {
    if (this.isReady || this.#startFailure !== null) return;
    if (this.script.start === 'stuck' && this.#step >= 2) return;
    if (this.script.start === 'error' && this.#step >= 2) {
      this.#startFailure = this.script.startError ?? 'The sandbox could not be started';
      return;
    }
    this.#step += 1;
    if (this.isReady) this.#enterFrame(0);
  }

  failStart(reason: string): void {
    this.#startFailure = reason;
  }

  /** The next frame of the script; what the next look sees. */
  advance(): void {
    if (!this.isReady) return;
    this.#looks += 1;
    if (this.#frame + 1 < this.#frames.length) this.#enterFrame(this.#frame + 1);
  }

  /** Events that reading can see by now. Each read lets late ones come nearer. */
  readEvents(): AgentEvent[] {
    this.#eventReads += 1;
    return this.#events.filter((entry) => entry.visibleAfterRead <= this.#eventReads).map((entry) => entry.event);
  }

  /** All events, late ones included, for tests. */
  allEvents(): AgentEvent[] {
    return this.#events.map((entry) => entry.event);
  }

  /** A follow-up message; the caller has checked that the sandbox runs. */
  receive(text: string, run: boolean): void {
    this.#addEvent({ kind: 'MessageEvent', source: 'user', llm_message: { role: 'user', content: [{ type: 'text', text }] } }, 0);
    if (!run || this.frame.execution === 'running') return;
    this.#play(this.script.afterMessage ?? defaultAfterMessage(text));
  }

  /** Starts the sandbox again. It runs a look later, with a new session key. */
  resume(): void {
    this.sessionKey = newSessionKey();
    const before = this.#lastExecution();
    this.#play(this.script.afterResume ?? [{ sandbox: 'STARTING', execution: null }, { sandbox: 'RUNNING', execution: before }]);
  }

  pauseSandbox(): void {
    this.#play([{ sandbox: 'PAUSED', execution: null }]);
  }

  /** The running model call is cut off; the sandbox stays. */
  interrupt(kind: 'InterruptEvent' | 'PauseEvent'): void {
    this.#play([{ sandbox: 'RUNNING', execution: 'paused', events: [{ kind, source: 'user' }] }]);
  }

  loseSandbox(): void {
    this.#play([{ sandbox: 'MISSING', execution: null }]);
  }

  /** Puts the conversation into a state of the test's choice. */
  force(sandbox: SandboxStatus, execution: ExecutionStatus | null, events: ScriptEvent[] = []): void {
    this.#play([{ sandbox, execution, events }]);
  }

  #play(frames: Frame[]): void {
    this.#frames = frames;
    this.#enterFrame(0);
  }

  #enterFrame(index: number): void {
    this.#frame = index;
    const isLast = index === this.#frames.length - 1;
    const delay = isLast ? (this.script.eventDelayReads ?? 0) : 0;
    for (const event of this.frame.events ?? []) this.#addEvent(event, delay);
  }

  #addEvent(event: ScriptEvent, delayReads: number): void {
    const entry = { ...event, id: randomUUID(), timestamp: this.#timestamp(), parent_id: null } as AgentEvent;
    this.#events.push({ event: entry, visibleAfterRead: delayReads === 0 ? 0 : this.#eventReads + delayReads + 1 });
  }

  /** Naive time with microseconds; the microseconds count events, so that order is never in doubt. */
  #timestamp(): string {
    return new Date(this.#clock.now()).toISOString().slice(0, 23) + String(this.#events.length % 1000).padStart(3, '0');
  }

  #lastExecution(): ExecutionStatus | null {
    const update = this.allEvents().findLast((event) => event['key'] === 'execution_status');
    return (update?.['value'] as ExecutionStatus | undefined) ?? 'idle';
  }
}

function newSessionKey(): string {
  return randomBytes(16).toString('hex');
}
