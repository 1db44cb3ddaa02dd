/** The test of a saved connection. */
import { z } from 'zod';
import { Time } from './paging.js';
import { DeliveryOutcome, DeliveryReason } from './reasons.js';

/** What the test of a saved connection looks at: the way to Jira and the service account, then what comes from Jira. */
export const HEALTH_CHECKS = [
  'settings', 'dns', 'tcp', 'tls', 'version', 'service_account', 'oauth_client', 'site', 'token', 'scopes', 'permissions',
  'oauth_return', 'token_end', 'last_accepted', 'last_rejected', 'refusals', 'signing_secret', 'no_job', 'hidden_emails', 'unknown_calls',
] as const;

/** One check: what was found, and what to do about it. `unknown`: it could not be told, for example because an earlier check failed. */
export const HealthCheck = z
  .object({
    check: z.enum(HEALTH_CHECKS),
    result: z.enum(['pass', 'fail', 'unknown']),
    detail: z.string(),
    hint: z.string(),
    /** When that happened which the check is about, for example the last delivery; null when it is about the present. */
    at: Time.nullable(),
    /** How long trying it took, in milliseconds; absent for what was only looked up here. */
    tookMs: z.number().int().optional(),
    /** The most frequent ends of deliveries, where the check is about those: each leads to a part of the log. */
    reasons: z.array(z.object({ outcome: DeliveryOutcome, reason: DeliveryReason, count: z.number().int() })).optional(),
  })
  .meta({ id: 'HealthCheck' });
export type HealthCheck = z.infer<typeof HealthCheck>;

/** The test of a saved connection, in the order in which it was made. */
export const ConnectionHealth = z.object({ items: z.array(HealthCheck) }).meta({ id: 'ConnectionHealth' });
export type ConnectionHealth = z.infer<typeof ConnectionHealth>;
