/** What administrators ask the server about the owners of connections. */
import { type KnownPerson, KnownPersonPage, OwnedConnection, OwnedConnectionPage, type Page } from '@openhands-jira/contracts';
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import { request } from '../../lib/api.js';

const CONNECTIONS = '/api/v1/admin/connections';

/** Connections with their owners, the newest first, page by page. */
export const ownersQuery = infiniteQueryOptions({
  queryKey: ['installation', 'owners'],
  queryFn: ({ pageParam, signal }) => request(`${CONNECTIONS}${pageParam ? `?cursor=${encodeURIComponent(pageParam)}` : ''}`, OwnedConnectionPage, { signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.nextCursor,
});

/** Who may become the owner: with a search everybody who signed in here and fits, without one those who are linked on the connection. */
export function candidatesQuery(connectionId: string, search: string) {
  return queryOptions({
    queryKey: ['installation', 'candidates', connectionId, search],
    queryFn: ({ signal }): Promise<Page<KnownPerson>> => request(`/api/v1/admin/users?${new URLSearchParams(search ? { search } : { linkedOn: connectionId })}`, KnownPersonPage, { signal }),
  });
}

/** Gives a connection another owner. */
export function changeOwner(connectionId: string, userId: string): Promise<OwnedConnection> {
  return request(`${CONNECTIONS}/${encodeURIComponent(connectionId)}/owner`, OwnedConnection, { method: 'POST', body: { userId } });
}

/** After a change: the list, the log of changes, and what the integrations let the caller do. */
export async function readOwnersAgain(queries: QueryClient): Promise<void> {
  await Promise.all(['people', 'installation', 'integrations'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
}
