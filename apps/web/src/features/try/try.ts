/** What the page asks the server to try, and whom a sample can be tried with. */
import { PersonLinkPage, TriedEvent, type TryEvent } from '@openhands-jira/contracts';
import { queryOptions } from '@tanstack/react-query';
import { request } from '../../lib/api.js';
import { linksOf } from '../people/people.js';

/** The page where calls to a connection are tried. */
export function tryPage(connectionId: string): string {
  return `/settings/connections/${connectionId}/try`;
}

/** The people whose links are the newest: as many as one list takes. */
export function linkedPeopleQuery(connectionId: string) {
  return queryOptions({
    queryKey: ['linked-people', connectionId],
    queryFn: ({ signal }) => request(`${linksOf(connectionId)}?limit=100`, PersonLinkPage, { signal }),
  });
}

/** What a call that Jira did not make would come to; nothing is done. */
export function tryEvent(connectionId: string, wish: TryEvent): Promise<TriedEvent> {
  return request(`/api/v1/connections/${encodeURIComponent(connectionId)}/try`, TriedEvent, { method: 'POST', body: wish });
}
