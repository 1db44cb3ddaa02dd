/** The queues, what an entry of each holds, and how it is retried. Entries hold ids only, never secrets or texts. */

/** What the entries hold, by queue. */
export interface QueueData {
  /** Decide one delivery. */
  triage: { deliveryId: string };
  /** Start a queued job at the agent, if the limits allow it. */
  'start-job': { jobId: string; /** Whose job it is; absent when not known. */ userId?: string | null };
  /** Pass a note on to an active job, or stop it. */
  'job-wish': { jobId: string };
  /** Write what should be in an issue and is not yet. Keyed by issue: one at a time, in order. */
  comments: { connectionId: string; issueId: string };
  /** A connection was unlinked or removed: its jobs end. */
  'connection-removed': { connectionId: string };
  /** Carry a loop test on. Keyed by connection: each has one at a time. */
  'loop-test': { connectionId: string; testId: string };
}

export type QueueName = keyof QueueData;

/** How a queue treats its entries. */
export interface QueueRules {
  /** Attempts after the first. Pauses grow from `firstPauseSeconds` to `longestPauseSeconds`. */
  retries: number;
  firstPauseSeconds: number;
  longestPauseSeconds: number;
}

/**
 * Growing pauses for about 30 minutes: 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300 s, give or take the jitter. The first
 * is short, because the death of a process counts as a failure too.
 */
const HALF_AN_HOUR = { retries: 13, firstPauseSeconds: 1, longestPauseSeconds: 300 };

export const QUEUES: Record<QueueName, QueueRules> = {
  triage: HALF_AN_HOUR,
  'start-job': HALF_AN_HOUR,
  'job-wish': HALF_AN_HOUR,
  comments: HALF_AN_HOUR,
  'connection-removed': HALF_AN_HOUR,
  'loop-test': HALF_AN_HOUR,
};

/** Where entries go whose attempts are used up. */
export function deadQueueOf(name: QueueName): string {
  return `${name}-dead`;
}
