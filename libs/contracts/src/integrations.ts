/** The integrations as the caller sees them. */
import { z } from 'zod';
import { Time, Uuid } from './paging.js';
import { Product } from './products.js';

export const ConnectionStatus = z.enum(['pending', 'active', 'inactive']).meta({ id: 'ConnectionStatus' });
export type ConnectionStatus = z.infer<typeof ConnectionStatus>;

/** Our record of one Jira site. Secrets never appear in it. */
export const Connection = z
  .object({
    id: Uuid,
    product: Product,
    site: z.string(),
    siteUrl: z.string(),
    status: ConnectionStatus,
    ownedByCaller: z.boolean(),
    serviceAccount: z.object({
      email: z.string(),
      managedBy: z.enum(['app', 'environment']),
      savedAt: Time,
      expiresAt: Time.nullable(),
    }),
    webhook: z.object({
      url: z.string(),
      sharedUrl: z.string().nullable(),
      events: z.array(z.string()),
      mode: z.enum(['manual', 'automatic']).nullable(),
      confirmedAt: Time.nullable(),
      secretSetAt: Time.nullable(),
      /** Until when the former secret is accepted, too; null when there is none. */
      previousSecretUntil: Time.nullable(),
      lastDeliveryAt: Time.nullable(),
    }),
  })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

/** The caller's own tie to a Jira account. */
export const Link = z
  .object({ jiraDisplayName: z.string(), jiraAccountId: z.string(), method: z.enum(['oauth', 'email']), linkedAt: Time })
  .meta({ id: 'Link' });
export type Link = z.infer<typeof Link>;

export const Capability = z
  .enum(['configure', 'link', 'unlink', 'edit', 'pause', 'remove', 'rotate_secret', 'install_webhook', 'view_deliveries', 'replay'])
  .meta({ id: 'Capability' });
export type Capability = z.infer<typeof Capability>;

export const IntegrationState = z
  .enum(['disabled', 'not_configured', 'setup_incomplete', 'active', 'paused', 'degraded'])
  .meta({ id: 'IntegrationState' });
export type IntegrationState = z.infer<typeof IntegrationState>;

/**
 * Why an integration stands as it does. `daysLeft` comes with what ends on a day, for example the token of the service account: the
 * page says it the plainer, the fewer days are left.
 */
export const IntegrationReason = z
  .object({ code: z.string(), detail: z.string(), daysLeft: z.number().int().optional() })
  .meta({ id: 'IntegrationReason' });
export type IntegrationReason = z.infer<typeof IntegrationReason>;

/** A further connection that the caller owns or is linked on, with what can be done there. */
export const OtherConnection = z
  .object({
    state: IntegrationState,
    reasons: z.array(IntegrationReason),
    connection: Connection,
    link: Link.nullable(),
    capabilities: z.array(Capability),
    /** As in the integration. */
    linkedPeople: z.number().int().nullable(),
  })
  .meta({ id: 'OtherConnection' });
export type OtherConnection = z.infer<typeof OtherConnection>;

/** One product, computed for the caller. */
export const Integration = z
  .object({
    product: Product,
    state: IntegrationState,
    reasons: z.array(IntegrationReason),
    linkMethod: z.enum(['oauth', 'email']),
    connection: Connection.nullable(),
    link: Link.nullable(),
    capabilities: z.array(Capability),
    /** How many people are linked to the connection, for those who may end it for everybody; null for all others. */
    linkedPeople: z.number().int().nullable(),
    /** What starts work in an issue: a mention in a comment, or a label. */
    trigger: z.object({ mention: z.string(), label: z.string() }),
    /** The address that webhooks of every site may call, also before there is a connection; null where each connection has its own only. */
    sharedWebhookUrl: z.string().nullable(),
    /** The address of the one Jira that serves the whole installation, also before there is a connection; null where people connect sites of their own. */
    siteUrl: z.string().nullable(),
    /** The caller's further connections of this product, the most important first. */
    others: z.array(OtherConnection),
  })
  .meta({ id: 'Integration' });
export type Integration = z.infer<typeof Integration>;

export const Integrations = z.object({ items: z.array(Integration) }).meta({ id: 'Integrations' });
export type Integrations = z.infer<typeof Integrations>;
