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

/** One product, computed for the caller. */
export const Integration = z
  .object({
    product: Product,
    state: IntegrationState,
    reasons: z.array(z.object({ code: z.string(), detail: z.string() })),
    linkMethod: z.enum(['oauth', 'email']),
    connection: Connection.nullable(),
    link: Link.nullable(),
    capabilities: z.array(Capability),
  })
  .meta({ id: 'Integration' });
export type Integration = z.infer<typeof Integration>;

export const Integrations = z.object({ items: z.array(Integration) }).meta({ id: 'Integrations' });
export type Integrations = z.infer<typeof Integrations>;

/** The word that a Jira OAuth callback brings back to the page (`?result=`). */
export const OAuthResult = z.enum(['linked', 'configured', 'denied', 'expired', 'wrong_site', 'conflict', 'failed']).meta({ id: 'OAuthResult' });
export type OAuthResult = z.infer<typeof OAuthResult>;
