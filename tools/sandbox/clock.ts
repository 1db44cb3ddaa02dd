/**
 * Time in the sandbox. The stand-ins never ask the machine for the time themselves: tests give them a clock that they move by hand,
 * people get the real one.
 */
export interface SandboxClock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Runs `task` after `delayMs`; the answer cancels it. */
  schedule(delayMs: number, task: () => void): () => void;
}

/** The clock of the machine. */
export const realClock: SandboxClock = {
  now: () => Date.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until `advance` is called. Tasks that became due run in the order of their due time. */
export class ManualClock implements SandboxClock {
  #now: number;
  #tasks: { due: number; task: () => void }[] = [];

  constructor(start = Date.UTC(2026, 10, 2, 9, 0, 0)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, task: () => void): () => void {
    const entry = { due: this.#now + delayMs, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** Moves time forward and runs what became due. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#tasks.filter((entry) => entry.due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#tasks = this.#tasks.filter((other) => other !== next);
      this.#now = next.due;
      next.task();
    }
    this.#now = end;
  }
}
