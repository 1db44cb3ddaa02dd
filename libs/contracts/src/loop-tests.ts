/** The loop test: a comment is written into an issue and its delivery waited for, which tells whether Jira's webhook reaches this service. */
import { z } from 'zod';
import { IssueQuery } from './deliveries.js';
import { Time, Uuid } from './paging.js';

/** Asks for a loop test in an issue of the connection's own Jira. */
export const BeginLoopTest = IssueQuery.meta({ id: 'BeginLoopTest' });
export type BeginLoopTest = z.infer<typeof BeginLoopTest>;

/** `waiting`: it is under way. `turned_away`: a call came in that time, and was not let in. `not_written`: there was no comment that a delivery could tell of. */
export const LoopTestResult = z.enum(['waiting', 'arrived', 'turned_away', 'not_arrived', 'not_written']).meta({ id: 'LoopTestResult' });
export type LoopTestResult = z.infer<typeof LoopTestResult>;

/** The latest loop test of a connection. */
export const LoopTest = z
  .object({
    issueKey: z.string(),
    result: LoopTestResult,
    /** What was found, and what to do about it. */
    detail: z.string(),
    hint: z.string(),
    startedAt: Time,
    /** From the beginning of the test to the delivery, in milliseconds; null until it arrived. */
    tookMs: z.number().int().nullable(),
    /** The delivery that carried the comment. */
    deliveryId: Uuid.nullable(),
    /** Whether the comment is in the issue: `removed` again, `left` when it could not be removed, `none` when it was never there. */
    comment: z.enum(['none', 'written', 'removed', 'left']),
    /** When everything was done; null while the test is under way or tidies up. */
    endedAt: Time.nullable(),
  })
  .meta({ id: 'LoopTest' });
export type LoopTest = z.infer<typeof LoopTest>;

/** Null when there was none yet. */
export const LatestLoopTest = z.object({ latest: LoopTest.nullable() }).meta({ id: 'LatestLoopTest' });
export type LatestLoopTest = z.infer<typeof LatestLoopTest>;
