/**
 * The last round trip to a consent page that failed, for each connection: whoever looks after it sees why nobody gets linked. Nothing of
 * the address that brought the person back is kept, only words that we know.
 */
import type { OAuthReturnCode } from '@openhands-jira/contracts';
import type { DataSource } from 'typeorm';
import type { CallbackResult } from '../security/oauth-return.js';

/** The errors that OAuth 2.0 names for the way back (RFC 6749, 4.1.2.1), and OpenID Connect's for consent. */
const KNOWN_ERRORS = [
  'access_denied', 'invalid_request', 'invalid_scope', 'unauthorized_client', 'unsupported_response_type', 'server_error', 'temporarily_unavailable', 'consent_required', 'login_required', 'interaction_required',
];

/** How a round trip failed, and when. */
export interface OAuthFailure {
  code: OAuthReturnCode;
  /** As the other side named it; `other` for what is no word of the standard, null when it named none. */
  error: string | null;
  at: Date;
  /** Somebody was linked with OAuth since. */
  isOver: boolean;
}

/** Keeps how a round trip ended unless it ended well. `error` is what stood in the address. */
export async function noteOAuthEnd(db: DataSource, connectionId: string | null, { code }: CallbackResult, error: string | null): Promise<void> {
  if (connectionId === null || code === 'ok') return;
  await db.query(NOTE, [connectionId, code, error === null || KNOWN_ERRORS.includes(error) ? error : 'other']);
}

/** The last failure on a connection, or null. */
export async function lastOAuthFailure(db: DataSource, connectionId: string): Promise<OAuthFailure | null> {
  const [row] = await db.query<OAuthFailure[]>(LAST, [connectionId]);
  return row ?? null;
}

/** The connection may have been removed while the person was away. */
const NOTE = `
  INSERT INTO oauth_failures (connection_id, code, error, at) SELECT id, $2, $3, now() FROM connections WHERE id = $1
  ON CONFLICT (connection_id) DO UPDATE SET code = excluded.code, error = excluded.error, at = excluded.at`;

const LAST = `
  SELECT code, error, at, EXISTS (SELECT FROM links l WHERE l.connection_id = f.connection_id AND l.method = 'oauth' AND l.linked_at > f.at) AS "isOver"
  FROM oauth_failures f WHERE connection_id = $1`;
