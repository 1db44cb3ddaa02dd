import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { JiraProblem, type JiraProblemCode } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { Queue } from '../queue/queue.service.js';

/** Nobody calls this Jira for a while. Whoever gets this has not called it, so it costs no attempt. */
export class CallsPaused extends JiraProblem {
  constructor(code: JiraProblemCode, readonly leftMs: number) {
    super(code, 'No calls go to this Jira for a moment, because of its latest answers.', leftMs);
    this.name = 'CallsPaused';
  }
}

interface Pause {
  code: JiraProblemCode;
  /** On this process's own clock, which never jumps. */
  endsAt: number;
  lengthMs: number;
  /** One call finds out whether the pause is really over; the others wait for it. */
  trying: boolean;
}

/** Failures in a row after which a Jira counts as away. */
const FAILURES_UNTIL_AWAY = 5;
/** The first and the longest pause by reason; other refusals pause nothing. Each failed try doubles a pause. */
type PauseLengths = Partial<Record<JiraProblemCode, { first: number; longest: number }>>;
const LENGTHS: PauseLengths = {
  jira_unreachable: { first: 1000, longest: 30_000 },
  jira_unexpected_answer: { first: 1000, longest: 30_000 },
  jira_rate_limited: { first: 5000, longest: 300_000 },
};
const LOOK_EVERY_MS = 2000;
/** While another call tries. */
const TRYING_MS = 1000;
/** A pause is made longer only if it is by this much. */
const WORTH_MS = 1000;
/** A Jira that lets a call wait for so long gets no further work until it has answered or the call has ended. */
const SLOW_MS = 2000;

/**
 * The circuit breaker of each connection. A Jira that asks to be left alone or does not answer is not called for a while, by no
 * process: its work stays in the queue and costs no attempt, and that of other connections goes on. (A Jira that refuses our token
 * is the matter of `RefusedAccounts`.)
 *
 * A pause is a time in the connection's row, so that every process learns of it when it next opens the connection.
 *
 * A Jira that does not answer at all is known as such only when calls run into their time limit. Until then it is held back by
 * what this process sees: a call that waits for long.
 */
@Injectable()
export class CallPauses implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Stories that break one issue of a site, and not the site, take them away. */
  readonly lengths: PauseLengths = LENGTHS;
  private readonly log = new Logger('connections');
  private readonly pauses = new Map<string, Pause>();
  private readonly failures = new Map<string, number>();
  /** When the calls began that are under way, by connection, the oldest first. */
  private readonly underWay = new Map<string, Set<{ began: number }>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: DataSource,
    private readonly queue: Queue,
  ) {}

  onApplicationBootstrap(): void {
    this.queue.holdBack(['triage', 'comments'], () => this.heldBack());
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** What the connection's row tells: a pause that another process has begun, or none. */
  learn(connectionId: string, leftMs: number | null, code: string | null): void {
    const known = this.pauses.get(connectionId);
    if (leftMs === null || leftMs <= 0) return;
    const endsAt = performance.now() + leftMs;
    if (known && known.endsAt >= endsAt) return;
    this.pauses.set(connectionId, { code: (code ?? 'jira_unreachable') as JiraProblemCode, endsAt, lengthMs: leftMs, trying: false });
  }

  /** Makes a call unless this Jira is left alone, and remembers how it went. Throws `CallsPaused`, or what the call throws. */
  async call<T>(connectionId: string, work: () => Promise<T>): Promise<T> {
    const tried = this.refuseWhilePaused(connectionId);
    const ended = this.noteCall(connectionId);
    try {
      const answer = await work();
      await this.noteAnswer(connectionId);
      return answer;
    } catch (error) {
      if (error instanceof JiraProblem && !(error instanceof CallsPaused)) await this.noteProblem(connectionId, error);
      throw error;
    } finally {
      // A mistake of our own says nothing about Jira: the next call finds out, or this Jira would never be called again.
      if (tried) tried.trying = false;
      ended();
    }
  }

  /** Gives what is to be called when the call has ended. */
  private noteCall(connectionId: string): () => void {
    const calls = this.underWay.get(connectionId) ?? new Set();
    const call = { began: performance.now() };
    this.underWay.set(connectionId, calls.add(call));
    return () => {
      calls.delete(call);
      if (calls.size === 0) this.underWay.delete(connectionId);
    };
  }

  /** Gives the pause whose end the call finds out about, or null when there is none. */
  private refuseWhilePaused(connectionId: string): Pause | null {
    const pause = this.pauses.get(connectionId);
    if (!pause) return null;
    const left = pause.endsAt - performance.now();
    if (left > 0) throw new CallsPaused(pause.code, left);
    if (pause.trying) throw new CallsPaused(pause.code, TRYING_MS);
    pause.trying = true;
    return pause;
  }

  private async noteAnswer(connectionId: string): Promise<void> {
    this.failures.delete(connectionId);
    const pause = this.pauses.get(connectionId);
    // A late answer to a call from before the pause proves nothing.
    if (!pause?.trying) return;
    this.pauses.delete(connectionId);
    await this.store(connectionId, null, null);
  }

  private async noteProblem(connectionId: string, problem: JiraProblem): Promise<void> {
    const { code, retryAfterMs } = problem;
    const lengths = this.lengths[code];
    // It answered, whatever it said.
    if (!lengths || isAboutOneIssue(problem)) return this.noteAnswer(connectionId);
    const pause = this.pauses.get(connectionId);
    const failures = (this.failures.get(connectionId) ?? 0) + 1;
    this.failures.set(connectionId, failures);
    const passing = code === 'jira_unreachable' || code === 'jira_unexpected_answer';
    if (passing && retryAfterMs === null && failures < FAILURES_UNTIL_AWAY && !pause?.trying) return;
    const doubled = pause?.trying ? Math.min(pause.lengthMs * 2, lengths.longest) : lengths.first;
    await this.begin(connectionId, code, Math.max(retryAfterMs ?? 0, retryAfterMs === null ? doubled : 1000));
  }

  private async begin(connectionId: string, code: JiraProblemCode, lengthMs: number): Promise<void> {
    // A little longer than asked for, so that processes do not all come back at the same moment.
    const withJitter = lengthMs * (1 + Math.random() * 0.2);
    const endsAt = performance.now() + withJitter;
    const known = this.pauses.get(connectionId);
    // Calls that were under way when the pause began.
    if (known && !known.trying && known.endsAt > performance.now() && endsAt - known.endsAt < WORTH_MS) return;
    this.pauses.set(connectionId, { code, endsAt, lengthMs, trying: false });
    this.log.warn({ connectionId, code, seconds: Math.round(withJitter / 1000) }, 'This Jira is not called for a while');
    await this.store(connectionId, withJitter, code);
  }

  private async store(connectionId: string, ms: number | null, code: JiraProblemCode | null): Promise<void> {
    await this.db.query(PAUSE, [connectionId, ms === null ? null : Math.round(ms), code]).catch((error: unknown) => this.log.warn({ err: error }, 'A pause of a Jira could not be stored'));
  }

  /** Connections whose work is not taken from the queue: still paused, one call is finding out, or a call has waited for long. */
  private heldBack(): string[] {
    const now = performance.now();
    const paused = [...this.pauses].filter(([, pause]) => pause.trying || pause.endsAt > now);
    const slow = [...this.underWay].filter(([, [oldest]]) => oldest && now - oldest.began > SLOW_MS);
    return [...new Set([...paused, ...slow].map(([id]) => id))];
  }

  /** A pause that somebody ended (another process got an answer, the connection was changed) ends here too. */
  private async look(): Promise<void> {
    const waiting = [...this.pauses].filter(([, pause]) => !pause.trying).map(([id]) => id);
    if (waiting.length === 0) return;
    try {
      const paused = await this.db.query<{ id: string }[]>('SELECT id FROM connections WHERE id = ANY($1::uuid[]) AND calls_paused_until IS NOT NULL', [waiting]);
      for (const id of waiting) {
        if (!paused.some((row) => row.id === id)) this.pauses.delete(id);
      }
    } catch (error) {
      this.log.warn({ err: error }, 'The pauses of Jiras could not be looked at; trying again');
    }
  }
}

/** A refusal of this very request says nothing about the site. A web page instead of an answer does. */
function isAboutOneIssue({ code, status, onlyThisIssue }: JiraProblem): boolean {
  return onlyThisIssue || (code === 'jira_unexpected_answer' && status !== null && status >= 400);
}

const PAUSE = `UPDATE connections SET calls_paused_until = now() + $2::int * interval '1 millisecond', calls_paused_reason = $3 WHERE id = $1`;
