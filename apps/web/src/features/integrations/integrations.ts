import { type Integration, Integrations, type IntegrationState } from '@openhands-jira/contracts';
import type { Tone } from '@openhands-jira/ui';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { request } from '../../lib/api.js';
import { againWhenAway } from '../../lib/query.js';
import { texts } from '../../texts.js';

/** The products as the caller sees them. */
export const integrationsQuery = queryOptions({
  queryKey: ['integrations'],
  queryFn: ({ signal }) => request('/api/v1/integrations', Integrations, { signal }),
  refetchInterval: againWhenAway,
});

/** What starts work here; null until the server has said it. */
export function useTrigger(): Integration['trigger'] | null {
  return useQuery(integrationsQuery).data?.items[0]?.trigger ?? null;
}

/** Asks once more when something is opened that must not show what is old. */
export function useFreshIntegrations(): void {
  const queries = useQueryClient();
  useEffect(() => void queries.invalidateQueries({ queryKey: integrationsQuery.queryKey }), [queries]);
}

const STATE_TONES: Record<IntegrationState, Tone> = {
  disabled: 'neutral', not_configured: 'neutral', setup_incomplete: 'warning', active: 'good', paused: 'warning', degraded: 'warning',
};

/** Reasons that stop the work at once. All others can wait for a moment. */
const STOPS: readonly string[] = ['token_expired', 'token_refused', 'deliveries_rejected'];

/** How an integration stands, as a colour and an icon. */
export function toneOf({ state, reasons }: Integration): Tone {
  if (reasons.some(({ code }) => STOPS.includes(code))) return 'bad';
  return STATE_TONES[state];
}

/** The same as a word. What has stopped working needs attention, even where the connection itself is active. */
export function wordOf(integration: Integration): string {
  const hasStopped = integration.state === 'active' && toneOf(integration) === 'bad';
  return texts.integrationStates[hasStopped ? 'degraded' : integration.state];
}

/** Products that are switched off are only for administrators to see. */
export function shownTo(isAdmin: boolean, items: Integration[]): Integration[] {
  return items.filter(({ state }) => state !== 'disabled' || isAdmin);
}
