/** What the page asks the server about links for Jira administrators. Links and secrets pass through and are kept nowhere here. */
import { type Delegation, DelegationMade, DelegationState, WebhookInstructions } from '@openhands-jira/contracts';
import { queryOptions } from '@tanstack/react-query';
import { request, tell } from '../../lib/api.js';
import { LIVE_MS } from '../../lib/query.js';

const addressOf = (connectionId: string): string => `/api/v1/connections/${connectionId}/delegation`;

/** How the latest link stands. It is asked for again while it waits to be opened. */
export function delegationQuery(connectionId: string) {
  return queryOptions({
    queryKey: ['delegation', connectionId],
    queryFn: ({ signal }) => request(addressOf(connectionId), DelegationState, { signal }),
    refetchInterval: ({ state: { data } }) => (data?.delegation && stateOf(data.delegation) === 'waiting' ? LIVE_MS : false),
  });
}

export function makeDelegation(connectionId: string): Promise<DelegationMade> {
  return request(addressOf(connectionId), DelegationMade, { method: 'POST' });
}

export function withdrawDelegation(connectionId: string): Promise<void> {
  return tell(addressOf(connectionId), { method: 'DELETE' });
}

/** Works once. */
export function openDelegation(token: string): Promise<WebhookInstructions> {
  return request('/api/v1/delegations/open', WebhookInstructions, { method: 'POST', body: { token } });
}

export function stateOf({ openedAt, expiresAt }: Delegation): 'opened' | 'waiting' | 'over' {
  if (openedAt !== null) return 'opened';
  return Date.parse(expiresAt) > Date.now() ? 'waiting' : 'over';
}
