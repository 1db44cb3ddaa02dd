/** Webhook answers and the delivery log. */
import { z } from 'zod';
import { page, PageQuery, Time, Uuid } from './paging.js';
import { Product } from './products.js';
import { DeliveryOutcome, DeliveryReason, RejectedReason } from './reasons.js';

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
    product: Product,
    site: z.string(),
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
  /** Comments that we wrote, or will write, because of this delivery. Those of a job are told with the job. */
  comments: z.array(z.object({ commentId: z.string().nullable(), writtenAt: Time.nullable(), state: z.enum(['waiting', 'written', 'given_up']) })),
  /** True for the owner of the connection and administrators: they see the payload and may run it again. */
  manages: z.boolean(),
  /** When the payload is removed; null when it is gone, and for those who do not see it. */
  payloadKeptUntil: Time.nullable(),
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
  reason: DeliveryReason.optional(),
  issueKey: z.string().max(255).optional(),
  /** A part of the name in Jira of the person behind it, in capitals or not. */
  actor: z.string().trim().max(255).optional(),
  /** Received at this time or later. */
  since: Time.optional(),
  /** Received before this time. */
  until: Time.optional(),
});
export type DeliveryQuery = z.infer<typeof DeliveryQuery>;

export const DeliveryPage = page(Delivery).meta({ id: 'DeliveryPage' });

/** Calls of the last 24 hours that were not let in. Only counters are kept of them. */
export const RejectedCalls = z
  .object({
    /** Null: the address named no connection of ours. */
    connectionId: Uuid.nullable(),
    reason: RejectedReason,
    count: z.number().int(),
    lastAt: Time,
    fixHint: z.string(),
  })
  .meta({ id: 'RejectedCalls' });
export type RejectedCalls = z.infer<typeof RejectedCalls>;

/** What happened in the last 24 hours, as far as the caller may see it, and the connections that the log can be narrowed to. */
export const DeliveryOverview = z
  .object({
    since: Time,
    /** Deliveries by their outcome; calls that were not let in are counted as rejected. */
    outcomes: z.record(DeliveryOutcome, z.number().int()),
    rejected: z.array(RejectedCalls),
    connections: z.array(z.object({ id: Uuid, product: Product, site: z.string() })),
  })
  .meta({ id: 'DeliveryOverview' });
export type DeliveryOverview = z.infer<typeof DeliveryOverview>;

/** A stored payload is decided again as a new delivery. */
export const ReplayAccepted = z.object({ deliveryId: Uuid }).meta({ id: 'ReplayAccepted' });
export type ReplayAccepted = z.infer<typeof ReplayAccepted>;

/** Which deliveries are decided again: those that the same filter of the log shows, up to a hundred from the newest back. */
export const BulkReplay = DeliveryQuery.omit({ limit: true, outcome: true })
  .extend({
    outcome: z.enum(['failed', 'refused', 'ignored'], { error: 'Send failed, refused or ignored. What led to a job does not start again.' }),
  })
  .meta({ id: 'BulkReplay' });
export type BulkReplay = z.infer<typeof BulkReplay>;

export const BulkReplayAccepted = z
  .object({
    accepted: z.number().int(),
    /** Those that are a repeat themselves, whose payload is gone, or that the caller does not look after. */
    skipped: z.number().int(),
    /** To go on with older ones; null when there are none. */
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'BulkReplayAccepted' });
export type BulkReplayAccepted = z.infer<typeof BulkReplayAccepted>;

/** A question about one issue, by its key. */
export const IssueQuery = z.object({ issueKey: z.string().trim().max(255, 'At most 255 characters.').regex(/^[A-Za-z][A-Za-z0-9_]*-\d+$/, 'Enter the key of an issue, like PROJ-123.') });
export type IssueQuery = z.infer<typeof IssueQuery>;

/** What one connection of the caller knows of an issue of which nothing has come. */
export const IssueSight = z
  .object({
    connectionId: Uuid,
    product: Product,
    site: z.string(),
    /** Whether the service account can see the issue now. `unknown`: Jira could not be asked. */
    seen: z.enum(['yes', 'no', 'unknown']),
    /** Whether the rules of the connection serve the project of the issue, as its key tells it. */
    projectServed: z.boolean(),
    /** When the last delivery about any issue came. */
    lastDeliveryAt: Time.nullable(),
  })
  .meta({ id: 'IssueSight' });
export type IssueSight = z.infer<typeof IssueSight>;

/** One line for each connection that the caller owns or is linked on. */
export const IssueSights = z.object({ items: z.array(IssueSight) }).meta({ id: 'IssueSights' });
export type IssueSights = z.infer<typeof IssueSights>;
