import { Injectable } from '@nestjs/common';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How often we look at the agent, and how long we wait for what. Tests replace it, so that nothing sleeps. */
@Injectable()
export class FollowPlan {
  /** How often the follower asks the database what is due. */
  readonly tickMs: number = SECOND;
  /** A claimed run belongs to its process for this long; then another may take it (the process died). */
  readonly leaseMs: number = MINUTE;
  /** A start must be ready within this time. */
  readonly startLimitMs: number = 20 * MINUTE;
  /** A start or a message whose answer was lost is repeated after this time, when nothing of it shows. */
  readonly repeatAfterMs: number = MINUTE;
  /** Pause between two looks while waiting for a machine, a lost start or late words. */
  readonly shortPauseMs: number = 5 * SECOND;
  /** Events reach the app server late; the last words are waited for this long. */
  readonly lastWordsLimitMs: number = 2 * MINUTE;
  /** An instruction that cannot be passed on within this time is given up. */
  readonly noteLimitMs: number = 10 * MINUTE;

  /** Pause before the next look at a start that began `age` ago. */
  startLook(age: number): number {
    return jitter(age < MINUTE ? 3 * SECOND : 10 * SECOND);
  }

  /** Pause before the next look at a conversation that became ready `age` ago. */
  conversationLook(age: number): number {
    if (age < MINUTE) return jitter(5 * SECOND);
    return jitter(age < 10 * MINUTE ? 15 * SECOND : 30 * SECOND);
  }

  /** Pause after `failures` looks without an answer. */
  backOff(failures: number): number {
    return jitter(Math.min(5 * SECOND * 2 ** failures, 5 * MINUTE));
  }
}

/** Ten per cent more or less, so that jobs that began together do not ask together for ever. */
function jitter(ms: number): number {
  return Math.round(ms * (0.9 + Math.random() * 0.2));
}
