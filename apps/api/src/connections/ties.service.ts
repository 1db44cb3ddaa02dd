import { Injectable } from '@nestjs/common';
import type { Product } from '@openhands-jira/contracts';
import type { ConnectionEntity } from './connection.entity.js';
import { Connections } from './connections.service.js';
import type { LinkEntity } from './link.entity.js';
import { Links } from './links.service.js';
import { SharedConnections } from './shared-connections.service.js';

/** A connection that a person owns or is linked on, and their link on it. */
export interface Tie {
  connection: ConnectionEntity;
  link: LinkEntity | null;
}

/** What a person has with one product: the connection that is theirs first, their link on it, and the connections after it. */
export interface OwnTies {
  connection: ConnectionEntity | null;
  link: LinkEntity | null;
  others: Tie[];
}

const NO_TIES: OwnTies = { connection: null, link: null, others: [] };

/** Which connection a person means when none is named. */
@Injectable()
export class Ties {
  constructor(
    private readonly connections: Connections,
    private readonly shared: SharedConnections,
    private readonly links: Links,
  ) {}

  /** The owned connection that is in effect, else the one linked to, else an owned one that is not in effect; the newest first. */
  async of(product: Product, userId: string | null): Promise<OwnTies> {
    if (userId === null) return NO_TIES;
    const links = await this.links.ofUser(userId, product);
    const rows = await this.connections.ofPerson(product, userId, links.map((link) => link.connectionId));
    const rank = (row: ConnectionEntity): number => {
      if (row.ownerId !== userId) return 1;
      return { active: 0, paused: 0, pending: 2, inactive: 3 }[row.status];
    };
    const [first, ...others] = rows.sort((a, b) => rank(a) - rank(b)).map((connection) => ({ connection, link: links.find((link) => link.connectionId === connection.id) ?? null }));
    return first ? { ...first, others } : NO_TIES;
  }

  /** How many people are linked on a connection. */
  peopleOn(connectionId: string): Promise<number> {
    return this.links.countOn(connectionId);
  }

  /** The connection that serves everybody. */
  async toShared(product: Product, site: string, userId: string | null): Promise<OwnTies> {
    const connection = await this.shared.find(product, site);
    const link = connection && userId !== null ? await this.links.ofUserOn(connection.id, userId) : null;
    return { connection, link, others: [] };
  }
}
