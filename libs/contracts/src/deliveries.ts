/** Webhook answers and the delivery log. */
import { z } from 'zod';
import { page, PageQuery, Time, Uuid } from './paging.js';
import { DeliveryOutcome, DeliveryReason } from './reasons.js';

/** What Jira gets for every authentic delivery. */
export const WebhookAnswer = z
  .object({ deliveryId: Uuid, outcome: DeliveryOutcome, reason: DeliveryReason.nullable() })
  .meta({ id: 'WebhookAnswer' });
export type WebhookAnswer = z.infer<typeof WebhookAnswer>;

/** One step of the decision, in the order it was taken. */
export const TraceStep = z
  .object({ step: z.string(), result: z.enum(['yes', 'no', 'info', 'error']), detail: z.string(), at: Time })
  .meta({ id: 'TraceStep' });
export type TraceStep = z.infer<typeof TraceStep>;

export const Delivery = z
  .object({
    id: Uuid,
    connectionId: Uuid,
    event: z.string(),
    issueKey: z.string().nullable(),
    actor: z.string().nullable(),
    receivedAt: Time,
    outcome: DeliveryOutcome,
    reason: DeliveryReason.nullable(),
    jobId: Uuid.nullable(),
    attempts: z.number().int(),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;

export const DeliveryDetail = Delivery.extend({
  origin: z.enum(['webhook', 'replay', 'sweep']),
  originDeliveryId: Uuid.nullable(),
  duplicateOf: Uuid.nullable(),
  duplicates: z.number().int(),
  signedWith: z.enum(['current', 'previous']),
  settledAt: Time.nullable(),
  detail: z.string().nullable(),
  /** One sentence about what to do, when there is something to do. */
  fixHint: z.string().nullable(),
  trace: z.array(TraceStep),
  /** For the owner and administrators, until the retention ends; null for others. */
  headers: z.record(z.string(), z.string()).nullable(),
  payload: z.unknown().nullable(),
}).meta({ id: 'DeliveryDetail' });
export type DeliveryDetail = z.infer<typeof DeliveryDetail>;

/** What anybody with the link in a comment may know of a decision: how it ended and what to do, nothing about people or texts. */
export const PublicDecision = z
  .object({ outcome: DeliveryOutcome, reason: DeliveryReason.nullable(), title: z.string().nullable(), fixHint: z.string().nullable() })
  .meta({ id: 'PublicDecision' });
export type PublicDecision = z.infer<typeof PublicDecision>;

export const DeliveryQuery = PageQuery.extend({
  connectionId: Uuid.optional(),
  outcome: DeliveryOutcome.optional(),
  issueKey: z.string().max(255).optional(),
});
export type DeliveryQuery = z.infer<typeof DeliveryQuery>;

export const DeliveryPage = page(Delivery).meta({ id: 'DeliveryPage' });

/** A stored payload is decided again as a new delivery. */
export const ReplayAccepted = z.object({ deliveryId: Uuid }).meta({ id: 'ReplayAccepted' });
export type ReplayAccepted = z.infer<typeof ReplayAccepted>;
