import { Injectable } from '@nestjs/common';
import type { ConnectionRules, Product } from '@openhands-jira/contracts';
import type { WebhookSecret } from '@openhands-jira/domain';
import { Any, Repository } from 'typeorm';
import { Clock } from '../config/clock.js';
import { ConnectionEntity, type ConnectionState } from './connection.entity.js';
import { ConnectionSecrets } from './connection-secrets.service.js';
import { rulesOf } from './rules.service.js';

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
  rules: ConnectionRules;
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
  rules: ConnectionRules;
  /** When it was read or compared, and which mark all connections had by then. */
  checkedAt: number;
  mark: string;
}

/** The mark that all connections have together, and when it was last seen. It is another one after each change of any of them (`connection_changes`). */
interface Changes {
  mark: string;
  seenAt: number;
}

/** Who waits for what the database says about a connection. */
type Wanted = PromiseWithResolvers<Known | null>;

/** What is older is compared with the database again. */
const FRESH_MS = 500;
/** What is older is compared while it still counts, so that of deliveries which follow each other none has to wait for it. */
const AGEING_MS = 250;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** About 6 MB. Connections beyond these are read anew for each delivery. */
const MOST_KNOWN = 10_000;
/** Ids that are new here and wait for one question. Strangers can make up any number of them while the database is slow. */
const MOST_WANTED = 10_000;

/**
 * The secrets of connections for the front door, which needs them thousands of times a minute.
 *
 * Opened secrets stay in memory and are compared with the database: nothing older than half a second counts. Whether any connection has changed at all is
 * one question for all of them, however many are known; only when one has, the versions of their rows are compared. So
 * a pause, a rotation or an unlink in another process counts here within that time, under any load. A notification
 * channel would be quicker, but a lost connection would leave an ended secret in force without anybody noticing.
 *
 * One question to the database is under way at a time, for all connections that are asked for by then.
 */
@Injectable()
export class WebhookSecrets {
  private readonly known = new Map<string, Known>();
  /** Ids that nobody has, with the time of the question: no connection will ever get them. */
  private readonly unknown = new Map<string, number>();
  private wanted = new Map<string, Wanted>();
  private looking = false;
  private changes: Changes = { mark: 'never asked', seenAt: -Infinity };
  /** The one before: what had it was right when it was last seen. So after a change busy connections are compared while they still count, too. */
  private former: Changes = this.changes;

  constructor(
    private readonly rows: Repository<ConnectionEntity>,
    private readonly secrets: ConnectionSecrets,
    private readonly clock: Clock,
  ) {}

  /** `connectionId` as an address tells it, in small letters. Null when there is no such connection, or it is no id. A promise only when the database has to be asked: thousands of times a minute it has not. */
  of(connectionId: string): WebhookDoor | null | Promise<WebhookDoor | null> {
    if (!UUID.test(connectionId) || this.isUnknown(connectionId)) return null;
    const known = this.knownFor(connectionId, FRESH_MS);
    if (!known) return this.asked(connectionId);
    if (this.known.size >= MOST_KNOWN) keepNewest(this.known, connectionId, known);
    if (this.age(known) >= AGEING_MS) this.ask(connectionId).catch(() => undefined);
    return this.door(connectionId, known);
  }

  /** Whether this process has met a connection before, without asking anybody. */
  isKnown(connectionId: string): boolean {
    return this.known.has(connectionId);
  }

  private async asked(connectionId: string): Promise<WebhookDoor | null> {
    const known = await this.ask(connectionId);
    return known && this.door(connectionId, known);
  }

  /** A connection that is not active may have become so just now, and its first delivery must not be thrown away. */
  private knownFor(id: string, longestMs: number): Known | null {
    const known = this.known.get(id);
    return known?.status === 'active' && this.age(known) < longestMs ? known : null;
  }

  private isUnknown(id: string): boolean {
    const askedAt = this.unknown.get(id);
    return askedAt !== undefined && this.ageOf(askedAt) < FRESH_MS;
  }

  /** Rejects when too many wait already: Jira has to come again. */
  private ask(id: string): Promise<Known | null> {
    if (this.wanted.size >= MOST_WANTED && !this.wanted.has(id) && !this.known.has(id)) return Promise.reject(new Error(`More than ${MOST_WANTED} connections are being looked up`));
    const wanted = this.wanted.get(id) ?? Promise.withResolvers<Known | null>();
    this.wanted.set(id, wanted);
    void this.look();
    return wanted.promise;
  }

  /** Asks for all that are wanted, and again for those that were wanted meanwhile. */
  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    while (this.wanted.size > 0) {
      const wanted = this.wanted;
      this.wanted = new Map();
      await this.answer(wanted);
    }
    this.looking = false;
  }

  private async answer(wanted: Map<string, Wanted>): Promise<void> {
    try {
      // Some may have been answered while they waited for their turn.
      const unreadable = await this.read([...wanted.keys()].filter((id) => !this.knownFor(id, AGEING_MS)));
      for (const [id, one] of wanted) {
        if (unreadable.has(id)) one.reject(unreadable.get(id));
        else one.resolve(this.known.get(id) ?? null);
      }
    } catch (error) {
      for (const one of wanted.values()) one.reject(error);
    }
  }

  /** Reads the rows of connections that are new here or have changed. Gives those whose secrets do not open, with the reason: that is no trouble of the others. */
  private async read(ids: string[]): Promise<Map<string, unknown>> {
    const checkedAt = this.clock.now().getTime();
    const same = await this.unchanged(ids.filter((id) => this.known.has(id)));
    // It may be older than what is read: then that is compared once too often.
    const { mark } = this.changes;
    for (const id of same) keepNewest(this.known, id, { ...this.known.get(id)!, checkedAt, mark });
    const others = ids.filter((id) => !same.has(id));
    const rows = others.length === 0 ? [] : await this.rows.findBy({ id: Any(others) });
    const found = new Set(rows.map((row) => row.id));
    for (const id of others) this.known.delete(id);
    for (const id of others) if (!found.has(id)) keepNewest(this.unknown, id, checkedAt);
    const unreadable = new Map<string, unknown>();
    for (const row of rows) {
      try {
        keepNewest(this.known, row.id, { ...this.opened(row), checkedAt, mark });
      } catch (error) {
        unreadable.set(row.id, error);
      }
    }
    return unreadable;
  }

  /** Which of those that are known are as they were. */
  private async unchanged(known: string[]): Promise<Set<string>> {
    // One that is not active may have become so just now.
    const mustBeNow = known.some((id) => this.known.get(id)!.status !== 'active');
    if (mustBeNow || this.ageOf(this.changes.seenAt) >= AGEING_MS) await this.askForChanges();
    const isSuspect = (id: string): boolean => this.known.get(id)!.mark !== this.changes.mark;
    const suspects = known.filter(isSuspect);
    const versions = suspects.length === 0 ? [] : await this.rows.query<{ id: string; version: number }[]>(VERSIONS, [suspects]);
    const versionNow = new Map(versions.map(({ id, version }) => [id, version]));
    return new Set(known.filter((id) => !isSuspect(id) || versionNow.get(id) === this.known.get(id)!.version));
  }

  private async askForChanges(): Promise<void> {
    const seenAt = this.clock.now().getTime();
    const [{ mark }] = await this.rows.query<[{ mark: string }]>(CHANGES);
    if (mark !== this.changes.mark) this.former = this.changes;
    this.changes = { mark, seenAt };
  }

  private opened(row: ConnectionEntity): Omit<Known, 'checkedAt' | 'mark'> {
    const previous = this.secrets.openPreviousSecret(row);
    return {
      version: row.version,
      product: row.product,
      site: row.site,
      status: row.status,
      current: this.secrets.openWebhookSecret(row),
      previous: previous !== null && row.previousSecretUntil ? { secret: previous, until: row.previousSecretUntil } : null,
      serviceAccountIds: row.serviceAccountIds,
      rules: rulesOf(row),
    };
  }

  /** While nothing has changed, what was looked at for one is true of all. */
  private age({ checkedAt, mark }: Known): number {
    const own = this.ageOf(checkedAt);
    if (mark === this.changes.mark) return Math.min(own, this.ageOf(this.changes.seenAt));
    if (mark === this.former.mark) return Math.min(own, this.ageOf(this.former.seenAt));
    return own;
  }

  private ageOf(time: number): number {
    return Math.abs(this.clock.now().getTime() - time);
  }

  private door(id: string, { product, site, status, current, previous, serviceAccountIds, rules }: Known): WebhookDoor {
    const accepted = previous !== null && previous.until > this.clock.now();
    const secrets: WebhookSecret[] = [];
    if (current !== null) secrets.push({ secret: current, state: 'current' });
    if (accepted) secrets.push({ secret: previous.secret, state: 'previous' });
    return { id, product, site, status, secrets, retiredSecret: previous && !accepted ? previous.secret : null, serviceAccountIds, rules };
  }
}

/** Asked several times a second while deliveries come. */
const CHANGES = 'SELECT mark FROM connection_changes';

/** Asked for whoever got a delivery after something has changed: one text for any number of ids, so that it is planned once. */
const VERSIONS = 'SELECT id, version FROM connections WHERE id = ANY ($1::uuid[])';

/** The least recently read goes when there are too many. */
function keepNewest<T>(entries: Map<string, T>, key: string, entry: T): void {
  entries.delete(key);
  entries.set(key, entry);
  const oldest = entries.keys().next();
  if (entries.size > MOST_KNOWN && !oldest.done) entries.delete(oldest.value);
}
