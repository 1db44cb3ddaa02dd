import type { Product } from '@openhands-jira/contracts';
import type { Repository } from 'typeorm';
import type { Clock } from '../config/clock.js';
import type { ConnectionEntity } from './connection.entity.js';

/** What is older is asked for again. A record is there, waiting for its proof, long before its site sends the first delivery. */
const FRESH_MS = 500;
/** A few MB. */
const MOST_KNOWN = 10_000;
/** The longest name of a host. */
const LONGEST_SITE = 255;
/** The one that took effect and some that wait for their proof. */
const MOST_CANDIDATES = 20;

/**
 * Which connections a delivery on the shared URL may belong to, by the site that it names. Nothing is proven yet when this is asked, so
 * a flood of calls for one site, known or not, costs one question to the database in half a second.
 */
export class SiteCandidates {
  private readonly known = new Map<string, { ids: Promise<string[]>; askedAt: number }>();

  constructor(
    private readonly rows: Repository<ConnectionEntity>,
    private readonly clock: Clock,
  ) {}

  /** Ids of the connections of a site, whatever became of them: the one that took effect first. The signature decides among them. */
  of(product: Product, site: string): Promise<string[]> {
    if (site.length > LONGEST_SITE) return Promise.resolve([]);
    const key = `${product} ${site}`;
    const known = this.known.get(key);
    const now = this.clock.now().getTime();
    if (known && Math.abs(now - known.askedAt) < FRESH_MS) return known.ids;
    const ids = this.ask(product, site);
    this.keep(key, { ids, askedAt: now });
    ids.catch(() => this.known.delete(key));
    return ids;
  }

  /** At most one has taken effect, and those that wait must not hide it, however many there are. */
  private async ask(product: Product, site: string): Promise<string[]> {
    const rows = await this.rows
      .createQueryBuilder('c')
      .select('c.id', 'id')
      .where({ product, site })
      .orderBy(`c.status = 'pending'`)
      .addOrderBy('c.id')
      .limit(MOST_CANDIDATES)
      .getRawMany<{ id: string }>();
    return rows.map((row) => row.id);
  }

  private keep(key: string, known: { ids: Promise<string[]>; askedAt: number }): void {
    this.known.delete(key);
    this.known.set(key, known);
    const oldest = this.known.keys().next();
    if (this.known.size > MOST_KNOWN && !oldest.done) this.known.delete(oldest.value);
  }
}
