/**
 * What the owner of a connection can change, and how a change is written into the row.
 *
 * The same changes travel three ways: into a new pending row, sealed through an OAuth round trip (nothing of an edit takes
 * effect before the proof), and into an existing row. That is why they are one value.
 */
import type { ConnectionEntity, ConnectionState } from './connection.entity.js';
import type { ConnectionSecrets } from './connection-secrets.service.js';

/** Changed settings; what is absent stays as it is. JSON, so that it can travel sealed through an OAuth round trip. */
export interface ConnectionChanges {
  cloudId?: string;
  webhookSecret?: string;
  serviceAccount?: {
    email: string;
    token: string;
    scheme: 'basic' | 'bearer' | null;
    /** The account's own ids; empty when not known yet. */
    ids: string[];
  };
  /** ISO 8601; null = the owner does not tell. */
  tokenExpiresAt?: string | null;
  active?: boolean;
}

/** How long a replaced webhook secret is still accepted. */
export const SECRET_OVERLAP_MS = 24 * 3_600_000;

/** The columns that the changes set on a row, `active` aside. */
export function changedColumns(row: ConnectionEntity, changes: ConnectionChanges, secrets: ConnectionSecrets, now: Date): Partial<ConnectionEntity> {
  return {
    ...(changes.cloudId !== undefined && { cloudId: changes.cloudId }),
    ...(changes.serviceAccount && {
      serviceAccountEmail: changes.serviceAccount.email,
      serviceAccountTokenSealed: secrets.sealToken(row.id, changes.serviceAccount.token),
      serviceAccountScheme: changes.serviceAccount.scheme,
      serviceAccountIds: changes.serviceAccount.ids,
      serviceAccountSavedAt: now,
      // Whatever Jira said to the former token.
      callsPausedUntil: null,
      callsPausedReason: null,
    }),
    ...(changes.tokenExpiresAt !== undefined && { serviceAccountTokenExpiresAt: changes.tokenExpiresAt === null ? null : new Date(changes.tokenExpiresAt) }),
    ...secretColumns(row, changes.webhookSecret, secrets, now),
  };
}

/** A new secret replaces the current one, which stays valid for a day: Jira and we are never changed at the same moment. */
function secretColumns(row: ConnectionEntity, secret: string | undefined, secrets: ConnectionSecrets, now: Date): Partial<ConnectionEntity> {
  if (secret === undefined || secret === secrets.openWebhookSecret(row)) return {};
  const former = secrets.openWebhookSecret(row);
  return {
    webhookSecretSealed: secrets.sealWebhookSecret(row.id, secret),
    webhookSecretSetAt: now,
    ...(former !== null && row.status !== 'pending' && {
      previousSecretSealed: secrets.sealPreviousSecret(row.id, former),
      previousSecretUntil: new Date(now.getTime() + SECRET_OVERLAP_MS),
    }),
  };
}

/** The status that a proven change leads to. Without a word about it a pending or inactive connection becomes active. */
export function provenStatus(row: ConnectionEntity, changes: ConnectionChanges): ConnectionState {
  if (changes.active === false) return 'paused';
  if (changes.active === true) return 'active';
  return row.status === 'paused' ? 'paused' : 'active';
}
