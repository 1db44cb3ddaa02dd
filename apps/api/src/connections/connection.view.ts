import type { Connection, Link } from '@openhands-jira/contracts';
import type { WebhookPaths } from '@openhands-jira/domain';
import type { ConnectionEntity } from './connection.entity.js';
import type { LinkEntity } from './link.entity.js';

/**
 * Events that we can use. The first two are enough for comments and labels; the others let us see labels of new issues,
 * edits and deletions.
 */
export const WEBHOOK_EVENTS = ['jira:issue_updated', 'comment_created', 'comment_updated', 'comment_deleted', 'jira:issue_created', 'jira:issue_deleted'];

/** Where this service is called, and at which paths for the product of a connection. */
export interface WebhookPlace {
  publicUrl: string;
  paths: WebhookPaths;
}

/** The service account of a site that serves the whole installation: it is a setting of the installation, not of a connection. */
export interface InstalledAccount {
  email: string;
  managedBy: 'app' | 'environment';
}

/** The address that Jira is told to call for one connection. */
export function webhookUrl({ publicUrl, paths }: WebhookPlace, connectionId: string): string {
  return `${publicUrl}${paths.connections}/${connectionId}/events`;
}

/**
 * A connection as a person sees it. Only its owner sees what belongs to the edit view: when credentials were set and when
 * they expire. The page knows paused only by `status: inactive` and the integration's state. `installed` is the service
 * account of a site that serves the whole installation.
 */
export function connectionView(row: ConnectionEntity, userId: string | null, place: WebhookPlace, installed?: InstalledAccount): Connection {
  const owned = userId !== null && row.ownerId === userId;
  return {
    id: row.id,
    product: row.product,
    site: row.site,
    siteUrl: row.siteUrl,
    status: row.status === 'paused' ? 'inactive' : row.status,
    ownedByCaller: owned,
    serviceAccount: {
      email: installed?.email ?? row.serviceAccountEmail ?? '',
      managedBy: installed?.managedBy ?? 'app',
      savedAt: (row.serviceAccountSavedAt ?? row.createdAt).toISOString(),
      expiresAt: owned ? isoOrNull(row.serviceAccountTokenExpiresAt) : null,
    },
    webhook: {
      url: webhookUrl(place, row.id),
      sharedUrl: sharedWebhookUrl(place),
      events: WEBHOOK_EVENTS,
      mode: row.webhookMode,
      confirmedAt: isoOrNull(row.webhookConfirmedAt ?? row.firstDeliveryAt),
      secretSetAt: owned ? isoOrNull(row.webhookSecretSetAt) : null,
      previousSecretUntil: owned ? isoOrNull(row.previousSecretUntil) : null,
      lastDeliveryAt: isoOrNull(row.lastDeliveryAt),
    },
  };
}

/** The address that webhooks of every site of a product may call; null when each connection has only its own. */
export function sharedWebhookUrl({ publicUrl, paths }: WebhookPlace): string | null {
  return paths.shared === null ? null : publicUrl + paths.shared;
}

/** A link as its own person sees it. */
export function linkView(row: LinkEntity): Link {
  return { jiraDisplayName: row.jiraDisplayName, jiraAccountId: row.jiraAccountId, method: row.method, linkedAt: row.linkedAt.toISOString() };
}

function isoOrNull(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
