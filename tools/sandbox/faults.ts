/**
 * Faults on demand. Each stand-in has one list; before a request is answered, the first fault that fits it decides what goes wrong.
 * A fault is used up after `times` requests, so that a test can say "fails twice, then works".
 */
export type FaultEffect =
  /** Answers instead of the stand-in; nothing happens behind it. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  /** 200 with an HTML page: what a proxy or a login page in front of the real service does. */
  | { kind: 'html' }
  /** The request is carried out, the answer comes late. Real milliseconds, because the client's timeout is real. */
  | { kind: 'delay'; ms: number }
  /** The connection is closed before anything happened. */
  | { kind: 'reset' }
  /** The request is carried out, then the connection is closed without an answer. */
  | { kind: 'lost-answer' }
  /** Nothing happens and no answer comes until the client gives up. */
  | { kind: 'hang' };

export interface Fault {
  effect: FaultEffect;
  /** `GET`, `POST`...; absent means every method. */
  method?: string;
  /** Part of the path, or a pattern for it; absent means every path. */
  path?: string | RegExp;
  /** How many requests it hits; 1 when absent, `Infinity` until cleared. */
  times?: number;
}

/** The faults of one stand-in, oldest first. */
export class Faults {
  #faults: (Fault & { left: number })[] = [];

  add(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#faults = [];
  }

  list(): Fault[] {
    return this.#faults.map(({ left, ...fault }) => ({ ...fault, times: left }));
  }

  /** The effect for this request, counted as used; null when nothing is to go wrong. */
  take(method: string, path: string): FaultEffect | null {
    const fault = this.#faults.find((candidate) => fits(candidate, method, path));
    if (fault === undefined) return null;
    fault.left -= 1;
    if (fault.left <= 0) this.#faults = this.#faults.filter((other) => other !== fault);
    return fault.effect;
  }
}

function fits(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path === undefined) return true;
  return typeof fault.path === 'string' ? path.includes(fault.path) : fault.path.test(path);
}
