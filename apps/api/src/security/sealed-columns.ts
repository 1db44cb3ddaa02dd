/**
 * Every column of the database that holds sealed text: its name ends in `_sealed`, and it is listed here. The rotation of keys
 * goes through this list, so a column that is missing would be lost with the old key; a test compares the list with the tables.
 */

/** One column, and the name of each of its places. The name is authenticated by the secret box. */
export interface SealedColumn {
  table: string;
  column: string;
  /** The primary key as text, in SQL. */
  key: string;
  /** The row whose key is `$1`, in SQL that uses the index. */
  row: string;
  /** The place of one row, as whoever seals and opens it writes it. */
  placeOf: (key: string) => string;
}

export const SEALED_COLUMNS: SealedColumn[] = [
  sealed('users', 'agent_key_sealed', 'agent_key'),
  sealed('identities', 'access_token_sealed', 'access_token'),
  sealed('identities', 'refresh_token_sealed', 'refresh_token'),
  sealed('connections', 'service_account_token_sealed', 'service_account_token_sealed'),
  sealed('connections', 'webhook_secret_sealed', 'webhook_secret_sealed'),
  sealed('connections', 'previous_secret_sealed', 'previous_secret_sealed'),
  sealed('links', 'access_token_sealed', 'access_token_sealed'),
  sealed('links', 'refresh_token_sealed', 'refresh_token_sealed'),
  { ...sealed('installation_settings', 'value_sealed', 'value'), key: 'key', row: 'key = $1' },
  { ...sealed('oauth_attempts', 'payload_sealed', 'payload'), key: `encode(state_hash, 'hex')`, row: `state_hash = decode($1, 'hex')` },
];

function sealed(table: string, column: string, name: string): SealedColumn {
  return { table, column, key: 'id::text', row: 'id = $1', placeOf: (key) => `${table}:${key}:${name}` };
}
