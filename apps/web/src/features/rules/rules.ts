/** What the page asks the server about the rules of a connection. */
import { type ConnectionRules, ConnectionRulesView, RulesPreview, ShadowReport } from '@openhands-jira/contracts';
import { queryOptions } from '@tanstack/react-query';
import { request } from '../../lib/api.js';

function addressOf(connectionId: string): string {
  return `/api/v1/connections/${encodeURIComponent(connectionId)}/rules`;
}

/** The page where the rules of a connection are changed. */
export function rulesPage(connectionId: string): string {
  return `/settings/connections/${connectionId}/rules`;
}

/** The rules that count now. */
export function rulesQuery(connectionId: string) {
  return queryOptions({
    queryKey: ['rules', connectionId],
    queryFn: ({ signal }) => request(addressOf(connectionId), ConnectionRulesView, { signal }),
  });
}

/** Saves the whole set. Gives what counts from now on. */
export function saveRules(connectionId: string, rules: ConnectionRules): Promise<ConnectionRulesView> {
  return request(addressOf(connectionId), ConnectionRulesView, { method: 'PUT', body: rules });
}

/** What rules that are not saved would have made of the latest deliveries. */
export function previewQuery(connectionId: string, rules: ConnectionRules) {
  return queryOptions({
    queryKey: ['rules-preview', connectionId, rules],
    queryFn: ({ signal }) => request(`${addressOf(connectionId)}/preview`, RulesPreview, { method: 'POST', body: rules, signal }),
    staleTime: 60_000,
    retry: false,
  });
}

/** What the connection would have done while it only watched. */
export function shadowQuery(connectionId: string) {
  return queryOptions({
    queryKey: ['shadow-report', connectionId],
    queryFn: ({ signal }) => request(`/api/v1/connections/${encodeURIComponent(connectionId)}/shadow-report`, ShadowReport, { signal }),
  });
}
