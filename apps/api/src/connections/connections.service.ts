import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Product } from '@openhands-jira/contracts';
import { type EntityManager, In, Not, Repository } from 'typeorm';
import { Clock } from '../config/clock.js';
import { uuidv7 } from '../database/uuid.js';
import { changedColumns, type ConnectionChanges, provenStatus } from './connection-changes.js';
import { ConnectionEntity } from './connection.entity.js';
import { ConnectionSecrets } from './connection-secrets.service.js';
import { DataCenterSettings } from './data-center-settings.service.js';
import { siteOfBaseUrl } from './installed-account.js';

/** What is needed to call the Jira of a connection as its service account. Holds a secret: never logged, never answered. */
export interface ConnectionAccess {
  connectionId: string;
  product: Product;
  site: string;
  siteUrl: string;
  cloudId: string | null;
  email: string;
  token: string;
  scheme: 'basic' | 'bearer' | null;
  /** The service account's own ids; empty when not known yet. */
  accountIds: string[];
  reactionsOff: boolean;
}

/** Where a connection is called, and as whom. */
type Account = Pick<ConnectionAccess, 'siteUrl' | 'email' | 'token' | 'scheme'>;

/** What a call to Jira taught about the service account. */
export interface LearnedAccount {
  scheme?: 'basic' | 'bearer';
  accountId?: string;
  /** All of them, on a product where an account has several. */
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
    private readonly settings: DataCenterSettings,
    private readonly clock: Clock,
  ) {}

  byId(id: string): Promise<ConnectionEntity | null> {
    return this.rows.findOneBy({ id });
  }

  /** The connection that took effect for a site, whatever became of it since: at most one. */
  bySite(product: Product, site: string): Promise<ConnectionEntity | null> {
    return this.rows.findOneBy({ product, site, status: Not('pending') });
  }

  /** Whose deliveries may come in on the shared URL for a site: the one in effect first. The signature decides among them. */
  async candidates(product: Product, site: string): Promise<string[]> {
    const rows = await this.rows.find({ select: { id: true, status: true }, where: { product, site, status: Not('inactive') }, order: { id: 'ASC' }, take: 20 });
    return [...rows.filter((row) => row.status !== 'pending'), ...rows.filter((row) => row.status === 'pending')].map((row) => row.id);
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
   * Puts changes into effect, in the caller's transaction. The caller has checked the proof and the owner.
   * Gives `taken` when another connection to the same site took effect meanwhile.
   */
  async applyProven(manager: EntityManager, id: string, changes: ConnectionChanges): Promise<ConnectionEntity | 'taken' | 'gone'> {
    const row = await manager.findOne(ConnectionEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!row) return 'gone';
    // Two people may prove the same site at the same moment; the second waits here and then sees the first.
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${row.product} ${row.site}`]);
    const other = await manager.findOneBy(ConnectionEntity, { product: row.product, site: row.site, status: Not('pending'), id: Not(id) });
    if (other) return 'taken';
    Object.assign(row, changedColumns(row, changes, this.secrets, this.clock.now()), { status: provenStatus(row, changes) });
    return manager.save(row);
  }

  /** Ends a connection in the caller's transaction; record, credentials and URLs stay for its owner. A pending one is removed. */
  async deactivate(manager: EntityManager, row: ConnectionEntity): Promise<void> {
    if (row.status === 'pending') await manager.delete(ConnectionEntity, { id: row.id });
    else await manager.update(ConnectionEntity, { id: row.id }, { status: 'inactive' });
  }

  /** The opened credentials of the service account, or null when there is no such connection or it has none. */
  async access(id: string): Promise<ConnectionAccess | null> {
    const row = await this.byId(id);
    const account = row && (row.product === 'jira-data-center' ? await this.installedAccount(row) : this.ownAccount(row));
    if (!row || !account) return null;
    return {
      connectionId: row.id,
      product: row.product,
      site: row.site,
      cloudId: row.cloudId,
      accountIds: row.serviceAccountIds,
      reactionsOff: row.reactionsOffAt !== null,
      ...account,
    };
  }

  private ownAccount(row: ConnectionEntity): Account | null {
    const token = this.secrets.openToken(row);
    if (token === null || row.serviceAccountEmail === null) return null;
    return { siteUrl: row.siteUrl, email: row.serviceAccountEmail, token, scheme: row.serviceAccountScheme };
  }

  /** The account of the installation's settings. It counts only for the site that they name: no other ever sees its token. */
  private async installedAccount(row: ConnectionEntity): Promise<Account | null> {
    const { baseUrl, serviceAccountEmail, serviceAccountPat: token } = await this.settings.current();
    if (baseUrl === null || token === null || siteOfBaseUrl(baseUrl) !== row.site) return null;
    return { siteUrl: baseUrl, email: serviceAccountEmail ?? '', token, scheme: 'bearer' };
  }

  /** Keeps what a call taught about the service account. */
  async learn(id: string, learned: LearnedAccount): Promise<void> {
    if (learned.scheme) await this.rows.query(SET_SCHEME, [id, learned.scheme]);
    const ids = [...(learned.accountId ? [learned.accountId] : []), ...(learned.accountIds ?? [])];
    if (ids.length > 0) await this.rows.query(ADD_ACCOUNT_IDS, [id, ids]);
  }

  /** Remembers that this site takes no reactions from us. */
  async switchReactionsOff(id: string): Promise<void> {
    await this.rows.update({ id }, { reactionsOffAt: this.clock.now() });
  }
}

const SET_SCHEME = `
  UPDATE connections SET service_account_scheme = $2, version = version + 1, updated_at = now()
  WHERE id = $1 AND service_account_scheme IS DISTINCT FROM $2`;

const ADD_ACCOUNT_IDS = `
  UPDATE connections
  SET service_account_ids = ARRAY(SELECT DISTINCT unnest(service_account_ids || $2::text[])), version = version + 1, updated_at = now()
  WHERE id = $1 AND NOT (service_account_ids @> $2::text[])`;
