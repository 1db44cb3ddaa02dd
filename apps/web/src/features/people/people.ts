/** What the page asks the server about people in Jira, linked and not: of the whole installation, or of one connection. */
import { PersonLinkPage, UnlinkedAccountPage } from '@openhands-jira/contracts';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { request, tell } from '../../lib/api.js';

/** Where links are listed and ended: on every connection, for administrators. */
export const ALL_LINKS = '/api/v1/admin/links';

/** The same of one connection, for its owner and administrators. */
export function linksOf(connectionId: string): string {
  return `/api/v1/connections/${encodeURIComponent(connectionId)}/links`;
}

/** Links of people, the newest first, page by page; with `search` those that it is a part of. */
export function peopleQuery(place: string, search: string) {
  return infiniteQueryOptions({
    queryKey: ['people', place, search],
    queryFn: ({ pageParam, signal }) => request(`${place}?${new URLSearchParams({ limit: '10', ...(search && { search }), ...(pageParam && { cursor: pageParam }) })}`, PersonLinkPage, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
}

/** Where accounts are listed that asked without being linked: on every connection, for administrators. */
export const ALL_UNLINKED = '/api/v1/admin/unlinked-accounts';

/** The same of one connection, for its owner and administrators. */
export function unlinkedOf(connectionId: string): string {
  return `/api/v1/connections/${encodeURIComponent(connectionId)}/unlinked-accounts`;
}

/** Accounts that asked without being linked, who asked last first, page by page. */
export function unlinkedQuery(place: string) {
  return infiniteQueryOptions({
    queryKey: ['people', place],
    queryFn: ({ pageParam, signal }) => request(`${place}?${new URLSearchParams({ limit: '10', ...(pageParam && { cursor: pageParam }) })}`, UnlinkedAccountPage, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
}

/** Ends the link of a person. */
export function endLink(place: string, id: string): Promise<void> {
  return tell(`${place}/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
