import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Product } from '@openhands-jira/contracts';
import { type EntityManager, In, Not, Repository } from 'typeorm';
import { Clock } from '../config/clock.js';
import { uuidv7 } from '../database/uuid.js';
import { type Author, AuditLog } from '../security/audit-log.service.js';
import { connectionAuditLines, endedLinksLine } from './connection-audit.js';
import { changedColumns, type ConnectionChanges, provenStatus } from './connection-changes.js';
import { ConnectionEntity } from './connection.entity.js';
import { ConnectionSecrets } from './connection-secrets.service.js';

/** The credentials of a connection that has its own, opened. Holds a secret: never logged, never answered. */
export interface ServiceAccount {
  email: string;
  token: string;
  /** Null when not known yet. */
  scheme: 'basic' | 'bearer' | null;
}

/** What a call to Jira taught about the service account. */
export interface LearnedAccount {
  scheme?: 'basic' | 'bearer';
  accountId?: string;
  /** All of them, on a product where an account has several; whoever else was known is not us any more. */
  accountIds?: string[];
}

/** A new connection of one person to one site. */
export interface NewConnection {
  product: Product;
  site: string;
  siteUrl: string;
  ownerId: string;
}

/** The records of the Jira sites that we are connected to. Who may change them is decided by the rooms above. */
@Injectable()
export class Connections {
  constructor(
    @InjectRepository(ConnectionEntity) private readonly rows: Repository<ConnectionEntity>,
    private readonly secrets: ConnectionSecrets,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  byId(id: string): Promise<ConnectionEntity | null> {
    return this.rows.findOneBy({ id });
  }

  /** The connection that took effect for a site, whatever became of it since: at most one. */
  bySite(product: Product, site: string): Promise<ConnectionEntity | null> {
    return this.rows.findOneBy({ product, site, status: Not('pending') });
  }

  /** All connections that took effect and were not ended. */
  inEffect(): Promise<ConnectionEntity[]> {
    return this.rows.findBy({ status: In(['active', 'paused']) });
  }

  /** Connections of a person: those owned, newest first, and those with the given ids. */
  ofPerson(product: Product, ownerId: string, linkedIds: string[]): Promise<ConnectionEntity[]> {
    return this.rows.find({ where: [{ product, ownerId }, { product, id: In(linkedIds) }], order: { id: 'DESC' } });
  }

  /**
   * The pending connection of this person for this site, made new when there is none, with these settings. It has its
   * final id, so the webhook URL can be entered in Jira already; it takes effect with `applyProven`.
   */
  async savePending(connection: NewConnection, changes: ConnectionChanges): Promise<ConnectionEntity> {
    const { product, site, ownerId } = connection;
    const known = await this.rows.findOneBy({ product, site, ownerId, status: 'pending' });
    const row = known ?? this.rows.create({ ...connection, id: uuidv7(), status: 'pending', webhookMode: 'manual', serviceAccountIds: [] });
    return this.rows.save(Object.assign(row, changedColumns(row, changes, this.secrets, this.clock.now())));
  }

  /**
   * Puts changes into effect and notes them, in the caller's transaction. The caller has checked the proof and the owner.
   * Gives `taken` when another connection to the same site took effect meanwhile.
   */
  async applyProven(manager: EntityManager, id: string, changes: ConnectionChanges, by: Author): Promise<ConnectionEntity | 'taken' | 'gone'> {
    const row = await manager.findOne(ConnectionEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!row) return 'gone';
    // Two people may prove the same site at the same moment; the second waits here and then sees the first.
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${row.product} ${row.site}`]);
    const other = await manager.findOneBy(ConnectionEntity, { product: row.product, site: row.site, status: Not('pending'), id: Not(id) });
    if (other) return 'taken';
    const former = { ...row };
    const changed = await manager.save(Object.assign(row, changedColumns(row, changes, this.secrets, this.clock.now()), { status: provenStatus(row, changes) }));
    await this.audit.note(manager, by, { what: PROVEN[former.status], changes: connectionAuditLines(former, changed) });
    return changed;
  }

  /**
   * Ends a connection together with its links, in the caller's transaction; record, credentials and URLs stay for its owner.
   * A pending one is removed: it never took effect, so there is nothing to note.
   */
  async deactivate(manager: EntityManager, row: ConnectionEntity, by: Author, endedLinks: number): Promise<void> {
    if (row.status === 'pending') return void (await manager.delete(ConnectionEntity, { id: row.id }));
    const former = { ...row };
    const ended = await manager.save(Object.assign(row, { status: 'inactive' as const }));
    await this.audit.note(manager, by, { what: 'connection_ended', changes: [...connectionAuditLines(former, ended), endedLinksLine(endedLinks)] });
  }

  /** The opened credentials of the connection's own service account, or null when it has none. */
  serviceAccount(row: ConnectionEntity): ServiceAccount | null {
    const token = this.secrets.openToken(row);
    if (token === null || row.serviceAccountEmail === null) return null;
    return { email: row.serviceAccountEmail, token, scheme: row.serviceAccountScheme };
  }

  /** Keeps what a call taught about the service account. */
  async learn(id: string, learned: LearnedAccount): Promise<void> {
    if (learned.scheme) await this.rows.query(SET_SCHEME, [id, learned.scheme]);
    if (learned.accountId) await this.rows.query(ADD_ACCOUNT_ID, [id, [learned.accountId]]);
    if (learned.accountIds) await this.rows.query(SET_ACCOUNT_IDS, [id, learned.accountIds]);
  }

  /** Keeps when the token of the service account ends, as Jira told it; null when it does not end, or Jira does not tell. */
  async keepTokenEnd(id: string, end: Date | null): Promise<void> {
    await this.rows.query(SET_TOKEN_END, [id, end]);
  }

  /** Remembers that this site takes no reactions from us. */
  async switchReactionsOff(id: string): Promise<void> {
    await this.rows.update({ id }, { reactionsOffAt: this.clock.now() });
  }
}

/** What a proven change of a connection is called, by the status that it had. */
const PROVEN = { pending: 'connection_configured', inactive: 'connection_reactivated', active: 'connection_changed', paused: 'connection_changed' } as const;

const SET_TOKEN_END = `
  UPDATE connections SET service_account_token_expires_at = $2, version = version + 1, updated_at = now()
  WHERE id = $1 AND service_account_token_expires_at IS DISTINCT FROM $2`;

const SET_SCHEME = `
  UPDATE connections SET service_account_scheme = $2, version = version + 1, updated_at = now()
  WHERE id = $1 AND service_account_scheme IS DISTINCT FROM $2`;

const SET_ACCOUNT_IDS = `
  UPDATE connections SET service_account_ids = $2, version = version + 1, updated_at = now()
  WHERE id = $1 AND NOT (service_account_ids @> $2::text[] AND service_account_ids <@ $2::text[])`;

const ADD_ACCOUNT_ID = `
  UPDATE connections
  SET service_account_ids = ARRAY(SELECT DISTINCT unnest(service_account_ids || $2::text[])), version = version + 1, updated_at = now()
  WHERE id = $1 AND NOT (service_account_ids @> $2::text[])`;
