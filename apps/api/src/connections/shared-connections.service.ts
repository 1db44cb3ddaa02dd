import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Product } from '@openhands-jira/contracts';
import { type EntityManager, Repository } from 'typeorm';
import { Clock } from '../config/clock.js';
import { uuidv7 } from '../database/uuid.js';
import { AuditLog } from '../security/audit-log.service.js';
import { connectionAuditLines, endedLinksLine, type Noted } from './connection-audit.js';
import { changedColumns } from './connection-changes.js';
import { ConnectionEntity, type ConnectionState } from './connection.entity.js';
import { ConnectionSecrets } from './connection-secrets.service.js';
import { rulesForNewOwner } from './rules.service.js';

/** A site that administrators chose for everybody. */
export interface SharedSite {
  product: Product;
  site: string;
  siteUrl: string;
}

/** What can change about the record of such a site; what is absent stays as it is. */
export interface SharedChanges {
  ownerId?: string;
  status?: ConnectionState;
  webhookSecret?: string;
  webhookMode?: 'manual' | 'automatic';
  /** True: confirmed now. */
  webhookConfirmed?: boolean;
  /** In place of those that are known: a person whose own token was entered at first must be heard again. Comments of a former account are known by their marks. */
  serviceAccountIds?: string[];
}

/** A change of the record, with what the audit log says of it. */
export interface NotedChange extends Noted {
  changes: SharedChanges;
  /** Links that ended with it. */
  endedLinks?: number;
}

/**
 * The record of a site that serves the whole installation. There is one per site, whoever asks for it first; it has no
 * credentials of its own, because those are settings of the installation. Who may change it is decided by the rooms above.
 */
@Injectable()
export class SharedConnections {
  constructor(
    @InjectRepository(ConnectionEntity) private readonly rows: Repository<ConnectionEntity>,
    private readonly secrets: ConnectionSecrets,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Null when nobody has asked for it yet. */
  find(product: Product, site: string): Promise<ConnectionEntity | null> {
    return this.rows.findOneBy({ product, site });
  }

  /** The record, made pending and without an owner when there is none. Its address for people follows the settings. */
  ensure({ product, site, siteUrl }: SharedSite): Promise<ConnectionEntity> {
    return this.rows.manager.transaction(async (manager) => {
      // Two people may be the first at the same moment: the second waits here and finds the record of the first.
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${product} ${site}`]);
      const known = await manager.findOneBy(ConnectionEntity, { product, site });
      if (known?.siteUrl === siteUrl) return known;
      const row = known ?? manager.create(ConnectionEntity, { id: uuidv7(), product, site, ownerId: null, status: 'pending', serviceAccountIds: [] });
      return manager.save(Object.assign(row, { siteUrl }));
    });
  }

  /** Changes and notes it in the caller's transaction. A replaced webhook secret stays valid for a day, unless nobody used it yet. */
  async change(manager: EntityManager, id: string, { by, what, changes, endedLinks }: NotedChange): Promise<ConnectionEntity> {
    const row = await manager.findOneOrFail(ConnectionEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    const former = { ...row };
    const changed = await manager.save(Object.assign(row, this.columns(row, changes)));
    const lines = connectionAuditLines(former, changed);
    await this.audit.note(manager, by, { what, changes: endedLinks === undefined ? lines : [...lines, endedLinksLine(endedLinks)] });
    return changed;
  }

  private columns(row: ConnectionEntity, { webhookSecret, webhookConfirmed, ...columns }: SharedChanges): Partial<ConnectionEntity> {
    const now = this.clock.now();
    return {
      ...(webhookSecret !== undefined && changedColumns(row, { webhookSecret }, this.secrets, now)),
      ...(webhookConfirmed !== undefined && { webhookConfirmedAt: webhookConfirmed ? now : null }),
      ...columns,
      ...(columns.ownerId !== undefined && columns.ownerId !== row.ownerId && { rules: rulesForNewOwner(row) }),
    };
  }

  /** The webhook secret that counts now, or null when there is none. */
  webhookSecret(row: ConnectionEntity): string | null {
    return this.secrets.openWebhookSecret(row);
  }
  /** Until when the former secret is accepted, too; null when there is none, or its time is over. */
  previousSecretUntil({ previousSecretUntil: until }: ConnectionEntity): Date | null {
    return until !== null && until > this.clock.now() ? until : null;
  }
}
