import { Injectable } from '@nestjs/common';
import type { Product } from '@openhands-jira/contracts';
import type { WebhookSecret } from '@openhands-jira/domain';
import { Repository } from 'typeorm';
import { Clock } from '../config/clock.js';
import { ConnectionEntity, type ConnectionState } from './connection.entity.js';
import { ConnectionSecrets } from './connection-secrets.service.js';

/** What the front door must know of a connection to let a delivery in. */
export interface WebhookDoor {
  id: string;
  product: Product;
  site: string;
  status: ConnectionState;
  /** Secrets that count now; the former one during its overlap is marked `previous`. */
  secrets: WebhookSecret[];
  /** The former secret after its overlap: it opens nothing, but lets us say what is wrong. */
  retiredSecret: string | null;
  /** Ids of the Jira account that we act as. */
  serviceAccountIds: string[];
}

/** One connection as it was read from the database, with its secrets opened. */
interface Known {
  version: number;
  product: Product;
  site: string;
  status: ConnectionState;
  current: string | null;
  previous: { secret: string; until: Date } | null;
  serviceAccountIds: string[];
  checkedAt: number;
}

/** What is older is compared with the database again. */
const FRESH_MS = 500;
const MOST_KNOWN = 1000;

/**
 * The secrets of connections for the front door, which needs them thousands of times a minute.
 *
 * Opened secrets stay in memory, and their row's `version` is compared with the database when half a second has passed: so
 * a pause, a rotation or an unlink in another process counts here within that time, under any load. A notification
 * channel would be quicker, but a lost connection would leave an ended secret in force without anybody noticing.
 */
@Injectable()
export class WebhookSecrets {
  private readonly known = new Map<string, Known>();
  private readonly asking = new Map<string, Promise<Known | null>>();

  constructor(
    private readonly rows: Repository<ConnectionEntity>,
    private readonly secrets: ConnectionSecrets,
    private readonly clock: Clock,
  ) {}

  /** Null when there is no such connection. */
  async of(connectionId: string): Promise<WebhookDoor | null> {
    const known = this.known.get(connectionId);
    // A connection that is not active may have become so just now, and its first delivery must not be thrown away.
    const fresh = known?.status === 'active' && this.age(known) < FRESH_MS ? known : await this.ask(connectionId);
    return fresh && this.door(connectionId, fresh);
  }

  /** Deliveries that arrive together ask the database once. */
  private ask(connectionId: string): Promise<Known | null> {
    const asking = this.asking.get(connectionId) ?? this.read(connectionId).finally(() => this.asking.delete(connectionId));
    this.asking.set(connectionId, asking);
    return asking;
  }

  private async read(id: string): Promise<Known | null> {
    const checkedAt = this.clock.now().getTime();
    const known = this.known.get(id);
    const now = known && (await this.rows.findOne({ select: { id: true, version: true }, where: { id } }));
    if (known && now?.version === known.version) return this.keep(id, { ...known, checkedAt });
    const row = await this.rows.findOneBy({ id });
    if (!row) {
      this.known.delete(id);
      return null;
    }
    const previous = this.secrets.openPreviousSecret(row);
    return this.keep(id, {
      version: row.version,
      product: row.product,
      site: row.site,
      status: row.status,
      current: this.secrets.openWebhookSecret(row),
      previous: previous !== null && row.previousSecretUntil ? { secret: previous, until: row.previousSecretUntil } : null,
      serviceAccountIds: row.serviceAccountIds,
      checkedAt,
    });
  }

  /** The least recently read goes when there are too many. */
  private keep(id: string, known: Known): Known {
    this.known.delete(id);
    this.known.set(id, known);
    const oldest = this.known.keys().next();
    if (this.known.size > MOST_KNOWN && !oldest.done) this.known.delete(oldest.value);
    return known;
  }

  private age(known: Known): number {
    return Math.abs(this.clock.now().getTime() - known.checkedAt);
  }

  private door(id: string, { product, site, status, current, previous, serviceAccountIds }: Known): WebhookDoor {
    const accepted = previous !== null && previous.until > this.clock.now();
    const secrets: WebhookSecret[] = [];
    if (current !== null) secrets.push({ secret: current, state: 'current' });
    if (accepted) secrets.push({ secret: previous.secret, state: 'previous' });
    return { id, product, site, status, secrets, retiredSecret: previous && !accepted ? previous.secret : null, serviceAccountIds };
  }
}
