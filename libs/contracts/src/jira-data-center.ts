/** Linking people on Jira Data Center, and its webhook. */
import { z } from 'zod';
import { Link } from './integrations.js';
import { AuthorizationRedirect } from './jira-cloud.js';
import { Time, Uuid } from './paging.js';
import { PastedSecret } from './sign-in.js';

/** The answer to linking with e-mail matching: no consent page, the link itself. */
export const DataCenterLinked = z.object({ link: Link }).meta({ id: 'DataCenterLinked' });
export type DataCenterLinked = z.infer<typeof DataCenterLinked>;

/** With OAuth where the browser goes next, with e-mail matching the link. */
export const DataCenterLinkBegun = z.union([AuthorizationRedirect, DataCenterLinked]).meta({ id: 'DataCenterLinkBegun' });
export type DataCenterLinkBegun = z.infer<typeof DataCenterLinkBegun>;

/** How the webhook is set up: by us, with a token of a Jira administrator that is used for this one request, or by hand. */
export const SetUpWebhook = z
  .discriminatedUnion('mode', [z.object({ mode: z.literal('automatic'), adminToken: PastedSecret }), z.object({ mode: z.literal('manual') })], {
    error: 'Choose automatic or manual.',
  })
  .meta({ id: 'SetUpWebhook' });
export type SetUpWebhook = z.infer<typeof SetUpWebhook>;

/** What is to be entered in Jira. The secret is in this answer only, once. */
export const WebhookDetails = z
  .object({
    connectionId: Uuid,
    webhookUrl: z.string(),
    secret: z.string(),
    events: z.array(z.string()),
    /** Until when the former secret is accepted, too; null when there was none in use. */
    previousSecretUntil: Time.nullable(),
  })
  .meta({ id: 'WebhookDetails' });
export type WebhookDetails = z.infer<typeof WebhookDetails>;

export const WebhookInstalled = z.object({ connectionId: Uuid, webhookUrl: z.string(), installed: z.literal(true) }).meta({ id: 'WebhookInstalled' });
export type WebhookInstalled = z.infer<typeof WebhookInstalled>;

export const WebhookSetUp = z.union([WebhookDetails, WebhookInstalled]).meta({ id: 'WebhookSetUp' });
export type WebhookSetUp = z.infer<typeof WebhookSetUp>;

/** Pauses or resumes. */
export const UpdateConnection = z.object({ active: z.boolean({ error: 'Send true or false.' }) }).meta({ id: 'UpdateConnection' });
export type UpdateConnection = z.infer<typeof UpdateConnection>;

/** With a token of a Jira administrator the webhook in Jira is removed, too. */
export const RemoveConnection = z.object({ adminToken: PastedSecret.optional() }).optional().meta({ id: 'RemoveConnection' });
export type RemoveConnection = z.infer<typeof RemoveConnection>;

export const ConnectionRemoved = z.object({ webhookRemoved: z.boolean(), linksEnded: z.number().int() }).meta({ id: 'ConnectionRemoved' });
export type ConnectionRemoved = z.infer<typeof ConnectionRemoved>;

/** Asks Jira what became of its calls, with a token of a Jira administrator that is used for this one request. */
export const AskWebhookStatistics = z.object({ adminToken: PastedSecret }).meta({ id: 'AskWebhookStatistics' });
export type AskWebhookStatistics = z.infer<typeof AskWebhookStatistics>;

/** What Jira itself counted about the webhook of the connection: the view from the other side of the wire. */
export const WebhookStatistics = z
  .object({
    /** `good`: all calls were answered well. `none`: Jira made none. `missing`: it has no webhook with our address. */
    verdict: z.enum(['good', 'none', 'failing', 'switched_off', 'missing']),
    /** What was found, and what to do about it. */
    detail: z.string(),
    hint: z.string(),
    /** Calls in the time that Jira counts: answered well, answered with an error, not answered at all. Null without a webhook. */
    counts: z.object({ successes: z.number().int(), failures: z.number().int(), errors: z.number().int() }).nullable(),
    /** The last call that went wrong, as far as Jira tells: when, and the status of our answer; null when there was no answer. */
    lastError: z.object({ at: Time.nullable(), status: z.number().int().nullable() }).nullable(),
  })
  .meta({ id: 'WebhookStatistics' });
export type WebhookStatistics = z.infer<typeof WebhookStatistics>;
