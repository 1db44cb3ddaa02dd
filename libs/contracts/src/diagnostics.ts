/**
 * A description of one connection for a support request. It is made of what may leave the house: versions, times, numbers and words of
 * ours. No address, no name, no e-mail, no word that a person wrote, and no value of a setting has a place in it.
 */
import { z } from 'zod';
import { DeliveryDetail, TraceStep } from './deliveries.js';
import { HealthCheck } from './health.js';
import { Time, Uuid } from './paging.js';
import { Product } from './products.js';
import { DeliveryOutcome, DeliveryReason, RejectedReason } from './reasons.js';

/** One step of a decision: its words are left out, because they quote people and texts. */
const DiagnosticStep = TraceStep.pick({ step: true, result: true }).extend({
  /** Milliseconds since the delivery was received. */
  afterMs: z.number().int(),
});

const DiagnosticDelivery = DeliveryDetail.pick({ id: true, origin: true, outcome: true, reason: true, attempts: true, duplicates: true, signedWith: true, receivedAt: true, settledAt: true }).extend({
  /** One of the six events that we use, or `other`. */
  event: z.string(),
  trace: z.array(DiagnosticStep),
});

/** What only administrators of the installation learn. */
const DiagnosticInstallation = z.object({
  node: z.string(),
  postgres: z.string(),
  /** The latest change of the tables. */
  schema: z.string(),
  role: z.enum(['all', 'api', 'worker']),
  upForSeconds: z.number().int(),
  /** Every key of the configuration by its name, and whether it differs from its default. Never a value. */
  configuration: z.array(z.object({ name: z.string(), set: z.boolean() })),
});

export const Diagnostics = z
  .object({
    madeAt: Time,
    version: z.string(),
    /** Null for owners who are no administrators. */
    installation: DiagnosticInstallation.nullable(),
    connection: z.object({
      id: Uuid,
      product: Product,
      status: z.enum(['pending', 'active', 'paused', 'inactive']),
      createdAt: Time,
      linkedPeople: z.number().int(),
      serviceAccount: z.object({ savedAt: Time.nullable(), expiresAt: Time.nullable(), refusedAt: Time.nullable() }),
      webhook: z.object({ mode: z.enum(['manual', 'automatic']).nullable(), secretSetAt: Time.nullable(), previousSecretUntil: Time.nullable(), firstDeliveryAt: Time.nullable(), lastDeliveryAt: Time.nullable() }),
      /** Jira is left alone until then. */
      callsPausedUntil: Time.nullable(),
      /** How many projects the rules name, and whether others are served. */
      rules: z.object({ projects: z.number().int(), otherProjects: z.enum(['served', 'not_served']) }),
    }),
    /** Of the latest test, without its words; null when there was none. */
    checks: z.object({ testedAt: Time, items: z.array(HealthCheck.pick({ check: true, result: true, at: true })) }).nullable(),
    /** The last seven days in numbers. */
    lastWeek: z.object({
      since: Time,
      deliveries: z.array(z.object({ outcome: DeliveryOutcome, reason: DeliveryReason.nullable(), count: z.number().int() })),
      rejected: z.array(z.object({ reason: RejectedReason, count: z.number().int(), lastAt: Time })),
      jobs: z.array(z.object({ state: z.string(), failure: z.string().nullable(), count: z.number().int() })),
    }),
    /** The newest twenty. */
    lastDeliveries: z.array(DiagnosticDelivery),
  })
  .meta({ id: 'Diagnostics' });
export type Diagnostics = z.infer<typeof Diagnostics>;
