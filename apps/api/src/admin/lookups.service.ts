import { Injectable } from '@nestjs/common';
import type { KnownPerson, KnownPersonQuery, OwnedConnection, Page, PageQuery } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { pageOf, readIdCursor, searchPattern } from '../security/id-cursor.js';

/** What an unproven attempt of one person looks like: administrators neither see it nor hand it over (`connections/ownership`). */
const CONNECTIONS = `
  SELECT c.id, c.product, c.site, c.status, u.id AS owner_id, u.name AS owner_name, (SELECT count(*)::int FROM links l WHERE l.connection_id = c.id) AS people
  FROM connections c LEFT JOIN users u ON u.id = c.owner_id
  WHERE NOT (c.status = 'pending' AND c.service_account_email IS NOT NULL)`;

const PEOPLE = `
  SELECT u.id, u.name, u.email, u.last_signed_in_at FROM users u
  WHERE ($1::uuid IS NULL OR u.id < $1) AND ($2::text IS NULL OR concat_ws(' ', u.name, u.email) ILIKE $2)
    AND ($3::uuid IS NULL OR EXISTS (SELECT FROM links l WHERE l.user_id = u.id AND l.connection_id = $3))
  ORDER BY u.id DESC LIMIT $4`;

/** What administrators look up before they give a connection another owner: the connections, and the people who signed in here. */
@Injectable()
export class Lookups {
  constructor(private readonly db: DataSource) {}

  /** Newest first. */
  async connections({ cursor, limit }: PageQuery): Promise<Page<OwnedConnection>> {
    const rows = await this.db.query<ConnectionRow[]>(`${CONNECTIONS} AND ($1::uuid IS NULL OR c.id < $1) ORDER BY c.id DESC LIMIT $2`, [readIdCursor(cursor), limit + 1]);
    return pageOf(rows, limit, toConnection);
  }

  /** One of them; null when there is none. */
  async connection(id: string): Promise<OwnedConnection | null> {
    const [row] = await this.db.query<ConnectionRow[]>(`${CONNECTIONS} AND c.id = $1`, [id]);
    return row ? toConnection(row) : null;
  }

  /** Newest first. */
  async people({ cursor, limit, search, linkedOn }: KnownPersonQuery): Promise<Page<KnownPerson>> {
    const rows = await this.db.query<PersonRow[]>(PEOPLE, [readIdCursor(cursor), searchPattern(search), linkedOn ?? null, limit + 1]);
    return pageOf(rows, limit, ({ id, name, email, last_signed_in_at: last }) => ({ id, name, email, lastSignedInAt: last?.toISOString() ?? null }));
  }
}

interface ConnectionRow extends Pick<OwnedConnection, 'id' | 'product' | 'site' | 'status'> {
  owner_id: string | null;
  owner_name: string | null;
  people: number;
}

interface PersonRow extends Pick<KnownPerson, 'id' | 'name' | 'email'> {
  last_signed_in_at: Date | null;
}

function toConnection({ owner_id: id, owner_name: name, people, ...row }: ConnectionRow): OwnedConnection {
  return { ...row, owner: id !== null && name !== null ? { id, name } : null, linkedPeople: people };
}
