import { Injectable } from '@nestjs/common';
import type { Page, PersonLink, PersonLinkQuery } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { type Author, AuditLog } from '../security/audit-log.service.js';
import { pageOf, readIdCursor, searchPattern } from '../security/id-cursor.js';
import { notFound } from '../security/problem.js';

const ROWS = `SELECT l.id, l.connection_id, l.jira_display_name, l.jira_account_id, l.method, l.status, l.linked_at, u.id AS user_id, u.name, c.product, c.site, c.owner_id = u.id AS owns
  FROM links l JOIN users u ON u.id = l.user_id JOIN connections c ON c.id = l.connection_id`;

/** Whose links: on all connections, or on one of them. */
export interface LinkScope {
  connectionId: string | null;
}

/** Who is linked to which Jira account, and ending a link that should not be. Who may see and do that is decided by the rooms above. */
@Injectable()
export class LinkedPeople {
  constructor(
    private readonly db: DataSource,
    private readonly audit: AuditLog,
  ) {}

  /** Newest first. */
  async list({ connectionId }: LinkScope, { cursor, limit, search }: PersonLinkQuery): Promise<Page<PersonLink>> {
    const rows = await this.db.query<Row[]>(
      `${ROWS} WHERE ($1::uuid IS NULL OR l.id < $1) AND ($2::text IS NULL OR concat_ws(' ', u.name, l.jira_display_name, l.jira_account_id) ILIKE $2)
       AND ($3::uuid IS NULL OR l.connection_id = $3) ORDER BY l.id DESC LIMIT $4`,
      [readIdCursor(cursor), searchPattern(search), connectionId, limit + 1],
    );
    return pageOf(rows, limit, toLink);
  }

  /** Ends a link, with any token in it, and notes whose it was. Throws `Problem` when there is none within this scope. */
  async end({ connectionId }: LinkScope, id: string, by: Author): Promise<void> {
    await this.db.transaction(async (manager) => {
      const [row] = await manager.query<Row[]>(`${ROWS} WHERE l.id = $1 AND ($2::uuid IS NULL OR l.connection_id = $2) FOR UPDATE OF l`, [id, connectionId]);
      if (!row) throw notFound('link');
      await manager.query('DELETE FROM links WHERE id = $1', [id]);
      const was = `${row.name}: ${row.jira_display_name} (${row.jira_account_id})`;
      await this.audit.note(manager, by, { what: 'link_ended', changes: [{ name: row.site, from: was, to: null }] });
    });
  }
}

interface Row {
  id: string;
  connection_id: string;
  jira_display_name: string;
  jira_account_id: string;
  method: PersonLink['method'];
  status: PersonLink['state'];
  linked_at: Date;
  user_id: string;
  name: string;
  product: PersonLink['product'];
  site: string;
  owns: boolean | null;
}

function toLink(row: Row): PersonLink {
  return {
    id: row.id,
    person: { id: row.user_id, name: row.name },
    connectionId: row.connection_id,
    product: row.product,
    site: row.site,
    jiraDisplayName: row.jira_display_name,
    jiraAccountId: row.jira_account_id,
    method: row.method,
    state: row.status,
    linkedAt: row.linked_at.toISOString(),
    ownsConnection: row.owns === true,
  };
}
