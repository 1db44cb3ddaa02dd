import type { Caller } from '../security/access.js';
import { notFound } from '../security/problem.js';
import type { ConnectionEntity } from './connection.entity.js';
import type { Connections } from './connections.service.js';

/** A connection for its owner and for administrators of the installation. Throws for everybody else as if there were none. */
export async function lookedAfter(connections: Connections, { userId, isAdmin }: Caller, connectionId: string): Promise<ConnectionEntity> {
  const row = await connections.byId(connectionId);
  const isOwner = userId !== null && row?.ownerId === userId;
  if (!row || !(isOwner || isAdmin)) throw notFound('connection');
  return row;
}
