import { Injectable } from '@nestjs/common';
import { type Page, type PageQuery, type UnlinkedAccount, UNLINKED_REASONS, type UnlinkedReason, type UnlinkedState } from '@openhands-jira/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { storableName, storableText } from '../database/stored-text.js';
import { withoutAddresses } from '../security/hidden-addresses.js';
import { pageOf, readIdCursor } from '../security/id-cursor.js';
import type { LinkScope } from './linked-people.service.js';

/** A request that was refused because of who asked. */
export interface LostRequest {
  connectionId: string;
  actor: { id: string; displayName: string };
  reason: UnlinkedReason;
  state: UnlinkedState;
  /** For people, without e-mail addresses. */
  detail: string;
  deliveryId: string;
  at: Date;
}

/** True for a refusal that ends once the person has a link that holds. */
export function isForWantOfLink(reason: string): reason is UnlinkedReason {
  return (UNLINKED_REASONS as readonly string[]).includes(reason);
}

/** Counts a lost request, in the transaction that refuses it. An account without an id cannot be told from others, so it is not counted. */
export async function noteLostRequest(manager: EntityManager, { connectionId, actor, reason, state, detail, deliveryId, at }: LostRequest): Promise<void> {
  if (actor.id === '') return;
  await manager.query(NOTE, [connectionId, storableName(actor.id), storableName(actor.displayName), reason, storableText(detail), at, deliveryId, state]);
}

/** Forgets what an account lost, in the transaction that links it. */
export async function forgetLostRequests(manager: EntityManager, connectionId: string, jiraAccountId: string): Promise<void> {
  await manager.query('DELETE FROM unlinked_accounts WHERE connection_id = $1 AND jira_account_id = $2', [connectionId, jiraAccountId]);
}

/** Who asked in Jira and is nobody here yet. Who may see that is decided by the rooms above. */
@Injectable()
export class UnlinkedAccounts {
  constructor(private readonly db: DataSource) {}

  /** Who asked last comes first. */
  async list({ connectionId }: LinkScope, { cursor, limit }: PageQuery): Promise<Page<UnlinkedAccount>> {
    const rows = await this.db.query<Row[]>(ROWS, [readIdCursor(cursor), connectionId, limit + 1]);
    return pageOf(rows, limit, toAccount);
  }
}

const NOTE = `
  INSERT INTO unlinked_accounts AS a (connection_id, jira_account_id, display_name, reason, detail, last_lost_at, last_delivery_id, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (connection_id, jira_account_id) DO UPDATE SET
    display_name = excluded.display_name, reason = excluded.reason, state = excluded.state, detail = excluded.detail, lost_requests = a.lost_requests + 1,
    last_lost_at = greatest(a.last_lost_at, excluded.last_lost_at), last_delivery_id = greatest(a.last_delivery_id, excluded.last_delivery_id)`;

/** A refusal may be written a moment after the link that would have prevented it. */
const ROWS = `
  SELECT a.last_delivery_id AS id, a.connection_id, c.product, c.site, a.display_name, a.jira_account_id, a.reason, a.state, a.detail, a.lost_requests, a.last_lost_at
  FROM unlinked_accounts a JOIN connections c ON c.id = a.connection_id
  WHERE ($1::uuid IS NULL OR a.last_delivery_id < $1) AND ($2::uuid IS NULL OR a.connection_id = $2)
    AND NOT EXISTS (SELECT FROM links l WHERE l.connection_id = a.connection_id AND l.jira_account_id = a.jira_account_id AND l.status = 'active' AND l.linked_at > a.last_lost_at)
  ORDER BY a.last_delivery_id DESC LIMIT $3`;

interface Row {
  id: string;
  connection_id: string;
  product: UnlinkedAccount['product'];
  site: string;
  display_name: string;
  jira_account_id: string;
  reason: UnlinkedReason;
  state: UnlinkedState;
  detail: string;
  lost_requests: number;
  last_lost_at: Date;
}

/** Where accounts are named by their sign-in name, that may be an address. */
function toAccount(row: Row): UnlinkedAccount {
  return {
    connectionId: row.connection_id,
    product: row.product,
    site: row.site,
    jiraDisplayName: withoutAddresses(row.display_name),
    jiraAccountId: withoutAddresses(row.jira_account_id),
    state: row.state,
    reason: row.reason,
    detail: withoutAddresses(ofThisAccount(row)),
    lostRequests: row.lost_requests,
    lastLostAt: row.last_lost_at.toISOString(),
    lastDeliveryId: row.id,
  };
}

/** The trace names the account by its id, which here stands beside the words. */
function ofThisAccount({ detail, jira_account_id: id }: Row): string {
  const words = detail.replaceAll(`The Jira account ${id}`, 'this account');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
