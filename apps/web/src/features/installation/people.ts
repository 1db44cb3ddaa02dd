/** What administrators ask the server about linked people. */
import { PersonLinkPage } from '@openhands-jira/contracts';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { request, tell } from '../../lib/api.js';

const LINKS = '/api/v1/admin/links';

/** Links of people, the newest first, page by page; with `search` those that it is a part of. */
export function peopleQuery(search: string) {
  return infiniteQueryOptions({
    queryKey: ['installation', 'people', search],
    queryFn: ({ pageParam, signal }) => request(`${LINKS}?${new URLSearchParams({ limit: '10', ...(search && { search }), ...(pageParam && { cursor: pageParam }) })}`, PersonLinkPage, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
}

/** Ends the link of a person. */
export function endLink(id: string): Promise<void> {
  return tell(`${LINKS}/${encodeURIComponent(id)}`, { method: 'DELETE' });
}
