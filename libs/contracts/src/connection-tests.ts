/** What the tests of a saved connection found: the latest one in full, and each check of the last days. */
import { z } from 'zod';
import { type HEALTH_CHECKS, HealthCheck } from './health.js';
import { Time } from './paging.js';

/**
 * Checks that leave the state of an integration as it is: the end of the token and the calls that are not let in have words of their own there, and what
 * became of deliveries and of round trips for consent is news, not a fault. All others are about the way to Jira and the service account.
 */
export const CHECKS_TOLD_ELSEWHERE = [
  'oauth_return', 'token_end', 'last_accepted', 'last_rejected', 'refusals', 'signing_secret', 'no_job', 'hidden_emails', 'unknown_calls',
] as const satisfies (typeof HEALTH_CHECKS)[number][];

/** One day on which a connection was tested. */
export const ConnectionTestDay = z
  .object({
    /** In UTC. */
    day: z.iso.date(),
    /** `fail` when the check failed in any test of that day, else what the latest one found; and how long the latest one took. */
    checks: z.array(HealthCheck.pick({ check: true, result: true, tookMs: true })),
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
    /** Where people come back to from the consent page, as it must be registered there; null where people are not linked with OAuth. */
    callbackUrl: z.string().nullable(),
  })
  .meta({ id: 'ConnectionTestHistory' });
export type ConnectionTestHistory = z.infer<typeof ConnectionTestHistory>;
