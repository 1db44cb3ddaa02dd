import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Product } from '@openhands-jira/contracts';
import { type EntityManager, Not, Repository } from 'typeorm';
import type { Change } from '../database/changes.js';
import { entityOf } from '../database/entity-rows.js';
import { Clock } from '../config/clock.js';
import { uuidv7 } from '../database/uuid.js';
import { LinkEntity } from './link.entity.js';
import { type JiraTokens, LinkTokens } from './link-tokens.service.js';
import { forgetLostRequests } from './unlinked-accounts.service.js';

/** A tie that was just proven. */
export interface ProvenLink {
  connectionId: string;
  userId: string;
  jiraAccountId: string;
  jiraDisplayName: string;
  method: 'oauth' | 'email';
  /** Kept sealed; none are kept of products whose proof is read once. */
  tokens?: JiraTokens;
}

/**
 * Gives a row as long as the connection is active and the person is linked on it, and holds both as they are until the statement, or
 * the transaction, has done its changes. Minutes may have passed since they were read: Jira and the git provider take their time.
 */
export function linkStillHolds(connectionId: string, userId: string | null): Change {
  return (place, when) => `
    SELECT c.id FROM connections c JOIN links l ON l.connection_id = c.id
    WHERE c.id = ${place(connectionId)}::uuid AND c.status = 'active' AND l.user_id = ${place(userId)}::uuid AND l.status = 'active' AND ${when}
    FOR SHARE OF c, l`;
}

/** The records of who in Jira is who here. What they mean is decided in the room linking. */
@Injectable()
export class Links {
  constructor(
    @InjectRepository(LinkEntity) private readonly rows: Repository<LinkEntity>,
    private readonly tokens: LinkTokens,
    private readonly clock: Clock,
  ) {}

  /** The link of a person on a connection. */
  ofUserOn(connectionId: string, userId: string): Promise<LinkEntity | null> {
    return this.rows.findOneBy({ connectionId, userId });
  }

  /** The link of a Jira account on a connection, and what the person is called here. */
  async ofAccount(connectionId: string, jiraAccountId: string): Promise<{ link: LinkEntity; personName: string } | null> {
    const db = this.rows.manager.connection;
    const [row] = await db.query<{ link: object; personName: string }[]>(
      'SELECT to_json(link) AS link, person.name AS "personName" FROM links link JOIN users person ON person.id = link.user_id WHERE link.connection_id = $1 AND link.jira_account_id = $2',
      [connectionId, jiraAccountId],
    );
    return row ? { link: entityOf(db, LinkEntity, row.link), personName: row.personName } : null;
  }

  /** How many people are linked on a connection. */
  countOn(connectionId: string): Promise<number> {
    return this.rows.countBy({ connectionId });
  }

  /** All links of a person with one product, newest first. */
  ofUser(userId: string, product: Product): Promise<LinkEntity[]> {
    return this.rows
      .createQueryBuilder('link')
      .innerJoin('connections', 'connection', 'connection.id = link.connection_id')
      .where('link.userId = :userId AND connection.product = :product', { userId, product })
      .orderBy('link.linkedAt', 'DESC')
      .getMany();
  }

  /**
   * Stores a proven link in the caller's transaction. A person has one link per connection: a new proof replaces the
   * account of the former one. Gives `taken` when the Jira account is linked to somebody else here.
   */
  async save(manager: EntityManager, proven: ProvenLink): Promise<LinkEntity | 'taken'> {
    const { tokens, ...tie } = proven;
    await this.lock(manager, tie.connectionId);
    if (await this.isTaken(manager, tie)) return 'taken';
    await forgetLostRequests(manager, tie.connectionId, tie.jiraAccountId);
    const known = await manager.findOneBy(LinkEntity, { connectionId: tie.connectionId, userId: tie.userId });
    const row = known ?? manager.create(LinkEntity, { id: uuidv7() });
    const kept = tokens ? this.tokens.columns(row.id, tokens) : { accessTokenSealed: null, refreshTokenSealed: null, accessTokenExpiresAt: null };
    return manager.save(Object.assign(row, tie, kept, { status: 'active' as const, linkedAt: this.clock.now() }));
  }

  /**
   * The same for a tie that nobody asked for: it never replaces anything. Gives `taken` also when the person is linked to
   * another Jira account on this connection.
   */
  async enrol(manager: EntityManager, proven: ProvenLink): Promise<LinkEntity | 'taken'> {
    const { connectionId, userId, jiraAccountId } = proven;
    await this.lock(manager, connectionId);
    const known = await manager.findOneBy(LinkEntity, { connectionId, userId });
    if (known) return known.jiraAccountId === jiraAccountId ? known : 'taken';
    return this.save(manager, proven);
  }

  /** Two people with one Jira account at the same moment: the second waits here and then sees the first. */
  private async lock(manager: EntityManager, connectionId: string): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`link ${connectionId}`]);
  }

  private isTaken(manager: EntityManager, { connectionId, userId, jiraAccountId }: ProvenLink): Promise<boolean> {
    return manager.existsBy(LinkEntity, { connectionId, jiraAccountId, userId: Not(userId) });
  }

  /** Ends one person's link, with any token in it. */
  async end(manager: EntityManager, connectionId: string, userId: string): Promise<void> {
    await manager.delete(LinkEntity, { connectionId, userId });
  }

  /** Ends every link of a connection, with their tokens, and gives how many there were. */
  async endAll(manager: EntityManager, connectionId: string): Promise<number> {
    return (await manager.delete(LinkEntity, { connectionId })).affected ?? 0;
  }
}
