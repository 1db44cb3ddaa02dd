/** What the tests of a saved connection found: the latest one in full, and each check of the last days. */
import { z } from 'zod';
import { type HEALTH_CHECKS, HealthCheck } from './integrations.js';
import { Time } from './paging.js';

/** Checks that the state of an integration tells in words of their own: the end of the token, and the calls that Jira makes. All others are about the way to Jira and the service account. */
export const CHECKS_TOLD_ELSEWHERE = ['token_end', 'last_accepted', 'last_rejected', 'refusals'] as const satisfies (typeof HEALTH_CHECKS)[number][];

/** One day on which a connection was tested. */
export const ConnectionTestDay = z
  .object({
    /** In UTC. */
    day: z.iso.date(),
    /** `fail` when the check failed in any test of that day, else what the latest one found. */
    checks: z.array(HealthCheck.pick({ check: true, result: true })),
  })
  .meta({ id: 'ConnectionTestDay' });
export type ConnectionTestDay = z.infer<typeof ConnectionTestDay>;

/** The tests of a connection: one a day, and those that people asked for. */
export const ConnectionTestHistory = z
  .object({
    /** Null when it was never tested. */
    latest: z.object({ testedAt: Time, items: z.array(HealthCheck) }).nullable(),
    /** At most the last 30 days, newest first; days without a test are left out. */
    days: z.array(ConnectionTestDay),
  })
  .meta({ id: 'ConnectionTestHistory' });
export type ConnectionTestHistory = z.infer<typeof ConnectionTestHistory>;
