/** What a thread knows of its own time: how much of it it was at work, and how much it stood in the line for a core. */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** The share of its time at work above which the thread has its hands full: PostgreSQL and others have to work for it too. */
const BUSY_SHARE = 0.5;
/** The share of its time in the line above which the machine is short of cores, whoever it works for. */
const LINE_SHARE = 0.03;
/** Over how long it is looked at: long enough for a steady number, and short enough to notice a crowd while it comes. */
export const LOOK_MS = 100;

/** How long a thread was at work, and stood in the line for a core, since its process began. */
export interface ThreadTimes {
  atWorkMs: number;
  inLineMs: number;
}

/** Looks now and then whether a thread has its hands full, or has to wait for a core: the one that it is called in, unless a test says otherwise. */
export function hasItsHandsFull(times: () => ThreadTimes = ofThisThread): () => boolean {
  return lookedAtNowAndThen(times, (atWork, inLine) => atWork > BUSY_SHARE || inLine > LINE_SHARE);
}

/** Looks now and then whether a thread has to wait for a core. Never so where the operating system does not tell. */
export function isShortOfCores(times: () => ThreadTimes = ofThisThread): () => boolean {
  return lookedAtNowAndThen(times, (_atWork, inLine) => inLine > LINE_SHARE);
}

/** Asks about the shares of the time since the last look, at most every `LOOK_MS`; in between the last answer counts. */
function lookedAtNowAndThen(times: () => ThreadTimes, judge: (atWork: number, inLine: number) => boolean): () => boolean {
  let before = times();
  let lookedAt = performance.now();
  let judgement = false;
  return () => {
    const passedMs = performance.now() - lookedAt;
    if (passedMs < LOOK_MS) return judgement;
    const now = times();
    judgement = judge((now.atWorkMs - before.atWorkMs) / passedMs, (now.inLineMs - before.inLineMs) / passedMs);
    before = now;
    lookedAt += passedMs;
    return judgement;
  };
}

function ofThisThread(): ThreadTimes {
  return { atWorkMs: performance.eventLoopUtilization().active, inLineMs: stoodInLineMs() };
}

/** The second number of this file of Linux, in nanoseconds; it tells of the main thread. Elsewhere nobody tells it: 0. */
function stoodInLineMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
