/** The integrations as the caller sees them. */
import { z } from 'zod';
import { Time, Uuid } from './paging.js';
import { Product } from './products.js';
import { DeliveryOutcome, DeliveryReason } from './reasons.js';

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

/** Where a Jira OAuth callback found out how it ended (`?code=`); the page has a sentence for each. */
export const OAuthReturnCode = z
  .enum([
    'ok', 'access_denied', 'signed_out', 'state_unknown', 'no_code', 'code_refused', 'client_refused', 'scope_refused', 'site_not_accessible', 'base_url_changed', 'site_taken', 'not_owner',
    'jira_account_taken', 'workspace_inactive', 'connection_gone', 'connection_removed', 'product_disabled', 'atlassian_unreachable', 'jira_unreachable', 'tls_untrusted', 'unexpected_answer', 'internal_error',
  ])
  .meta({ id: 'OAuthReturnCode' });
export type OAuthReturnCode = z.infer<typeof OAuthReturnCode>;

/** The word that a Jira OAuth callback brings back to the page (`?result=`). */
export const OAuthResult = z.enum(['linked', 'configured', 'denied', 'expired', 'wrong_site', 'conflict', 'failed']).meta({ id: 'OAuthResult' });
export type OAuthResult = z.infer<typeof OAuthResult>;
