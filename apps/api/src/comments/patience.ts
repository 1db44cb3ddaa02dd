import type { IssueWriteEntity, WriteContent } from './issue-write.entity.js';

const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

const FIRST_PAUSE_MS = 5 * SECOND_MS;

/** How long a write is tried again, and the longest pause between two attempts. */
interface Patience {
  forMs: number;
  longestPauseMs: number;
}

/** What was asked for must be answered, also when the token expired on a Friday evening. */
const LONG: Patience = { forMs: 7 * DAY_MS, longestPauseMs: 15 * MINUTE_MS };
/** States, refusals, links: they are of little use when they come late, or a later one replaces them. */
const SHORT: Patience = { forMs: 30 * MINUTE_MS, longestPauseMs: 5 * MINUTE_MS };

/** Milliseconds until the next attempt at a write that just failed; null when it has failed for long enough. */
export function pauseAfterFailure(write: IssueWriteEntity, retryAfterMs: number | null, now: Date): number | null {
  const patience = patienceFor(write);
  const failingMs = write.failingSince ? now.getTime() - write.failingSince.getTime() : 0;
  if (failingMs >= patience.forMs) return null;
  if (retryAfterMs !== null) return Math.max(retryAfterMs, SECOND_MS);
  return Math.min(FIRST_PAUSE_MS * 2 ** write.attempts, patience.longestPauseMs);
}

function patienceFor(write: IssueWriteEntity): Patience {
  if (write.kind !== 'comment') return SHORT;
  const { kind } = (write.content as WriteContent['comment']).message;
  return kind.startsWith('result.') || kind.startsWith('failure.') ? LONG : SHORT;
}
