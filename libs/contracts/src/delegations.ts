/**
 * When somebody else is the Jira administrator: a link for that person, with which the instructions for the webhook are opened once,
 * together with a new secret. Nobody signs in for it.
 */
import { z } from 'zod';
import { Time, Uuid } from './paging.js';
import { Product } from './products.js';

/** The link, in this answer only. What opens the instructions stands behind the `#`, which browsers never send to a server. */
export const DelegationMade = z.object({ url: z.string(), expiresAt: Time }).meta({ id: 'DelegationMade' });
export type DelegationMade = z.infer<typeof DelegationMade>;

/** How the latest link of a connection stands. */
export const Delegation = z
  .object({
    madeAt: Time,
    expiresAt: Time,
    /** When the instructions were shown; null while they were not. Afterwards the link opens nothing. */
    openedAt: Time.nullable(),
  })
  .meta({ id: 'Delegation' });
export type Delegation = z.infer<typeof Delegation>;

/** Null when there is no link, or the latest one was withdrawn. */
export const DelegationState = z.object({ delegation: Delegation.nullable() }).meta({ id: 'DelegationState' });
export type DelegationState = z.infer<typeof DelegationState>;

/** In the body, so that it is in no address and in no log. */
export const OpenDelegation = z
  .object({ token: z.string({ error: 'Open the link as you got it.' }).regex(/^[A-Za-z0-9_-]{43}$/, 'Open the link as you got it, to its last letter.') })
  .meta({ id: 'OpenDelegation' });
export type OpenDelegation = z.infer<typeof OpenDelegation>;

/** What a Jira administrator enters in Jira. The secret is in this answer only, once. */
export const WebhookInstructions = z
  .object({
    connectionId: Uuid,
    product: Product,
    site: z.string(),
    siteUrl: z.string(),
    /** Who made the link; null when the token of administrators did. */
    askedBy: z.string().nullable(),
    webhookUrl: z.string(),
    events: z.array(z.string()),
    secret: z.string(),
  })
  .meta({ id: 'WebhookInstructions' });
export type WebhookInstructions = z.infer<typeof WebhookInstructions>;
