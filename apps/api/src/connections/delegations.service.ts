import { Injectable } from '@nestjs/common';
import type { Delegation } from '@openhands-jira/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { type Author, AuditLog } from '../security/audit-log.service.js';
import { newSecret, sha256 } from '../security/digest.js';
import { ConnectionEntity } from './connection.entity.js';
import { SharedConnections } from './shared-connections.service.js';

/** Time enough for somebody who is away for a long weekend. */
const LIFETIME_MS = 7 * 24 * 3_600_000;

/** What the holder of a link gets. The secret is new, and in nobody else's hands. */
export interface OpenedDelegation {
  row: ConnectionEntity;
  secret: string;
  askedBy: string | null;
}

/**
 * Links for Jira administrators who create the webhook for somebody else. A connection has one at a time; a new one ends the former.
 *
 * The secret is made when the link is opened: so nothing secret waits in it, a link that nobody opens changes nothing, and whoever
 * asked never sees the secret. The former secret stays valid for a day, as with every replacement. Who may make a link is decided
 * by the rooms above.
 */
@Injectable()
export class Delegations {
  constructor(
    private readonly db: DataSource,
    private readonly connections: SharedConnections,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Gives what opens the link: 256 bits, kept as a hash only. */
  async make(row: ConnectionEntity, by: Author): Promise<{ token: string; expiresAt: Date }> {
    const token = newSecret();
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + LIFETIME_MS);
    await this.db.transaction(async (manager) => {
      await manager.query(MAKE, [row.id, sha256(token), by.userId, row.ownerId, now, expiresAt]);
      await this.note(manager, row, by, 'delegation_made');
    });
    return { token, expiresAt };
  }

  /** How the latest one stands; null when there is none. */
  async of(connectionId: string): Promise<Delegation | null> {
    const [row] = await this.db.query<{ made_at: Date; expires_at: Date; opened_at: Date | null }[]>('SELECT made_at, expires_at, opened_at FROM delegations WHERE connection_id = $1', [connectionId]);
    return row ? { madeAt: row.made_at.toISOString(), expiresAt: row.expires_at.toISOString(), openedAt: row.opened_at?.toISOString() ?? null } : null;
  }

  /** The link opens nothing any more. Nothing happens when there is none. */
  withdraw(row: ConnectionEntity, by: Author): Promise<void> {
    return this.db.transaction(async (manager) => {
      const [, removed] = (await manager.query('DELETE FROM delegations WHERE connection_id = $1', [row.id])) as [unknown[], number];
      if (removed > 0) await this.note(manager, row, by, 'delegation_withdrawn');
    });
  }

  /**
   * Opens a link, once. Null when it is unknown, was opened before, is too old, or the connection was ended or has another owner by now;
   * these are not told apart, because the holder of a link need not know.
   */
  open(token: string): Promise<OpenedDelegation | null> {
    return this.db.transaction(async (manager) => {
      const [taken] = (await manager.query(TAKE, [sha256(token), this.clock.now()])) as [Taken[], number];
      const delegation = taken[0];
      if (!delegation) return null;
      const secret = newSecret();
      const by = { userId: delegation.made_by };
      const mode = delegation.webhook_mode === null ? { webhookMode: 'manual' as const } : {};
      const row = await this.connections.change(manager, delegation.connection_id, { by, what: 'delegation_opened', changes: { webhookSecret: secret, ...mode } });
      return { row, secret, askedBy: delegation.name };
    });
  }

  private note(manager: EntityManager, { site, status }: ConnectionEntity, by: Author, what: 'delegation_made' | 'delegation_withdrawn'): Promise<void> {
    return this.audit.note(manager, by, { what, changes: [{ name: site, from: status, to: status }] });
  }
}

interface Taken {
  connection_id: string;
  made_by: string | null;
  name: string | null;
  webhook_mode: string | null;
}

const MAKE = `
  INSERT INTO delegations (connection_id, token_hash, made_by, owner_id, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (connection_id) DO UPDATE SET token_hash = excluded.token_hash, made_by = excluded.made_by, owner_id = excluded.owner_id,
    made_at = excluded.made_at, expires_at = excluded.expires_at, opened_at = NULL`;

/** Of two who open it at the same moment, the second waits here and then finds no hash. The connection is held, so that it keeps its owner meanwhile. */
const TAKE = `
  WITH c AS (SELECT * FROM connections WHERE id = (SELECT connection_id FROM delegations WHERE token_hash = $1) FOR UPDATE)
  UPDATE delegations d SET opened_at = $2, token_hash = NULL FROM c
  WHERE d.token_hash = $1 AND d.expires_at > $2 AND c.id = d.connection_id AND c.status <> 'inactive' AND c.owner_id IS NOT DISTINCT FROM d.owner_id
  RETURNING d.connection_id, d.made_by, (SELECT name FROM users WHERE id = d.made_by) AS name, c.webhook_mode`;
