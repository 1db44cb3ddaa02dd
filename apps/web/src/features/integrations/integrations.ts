import { type Integration, type IntegrationReason, Integrations, type IntegrationState } from '@openhands-jira/contracts';
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

/** What counts of an integration, or of one of several connections, for how it stands. */
type Standing = Pick<Integration, 'state' | 'reasons'>;

/** How an integration stands, as a colour and an icon. */
export function toneOf({ state, reasons }: Standing): Tone {
  if (reasons.some(({ code }) => STOPS.includes(code))) return 'bad';
  const daysLeft = onlyEnd(reasons);
  return daysLeft === null ? STATE_TONES[state] : toneOfEnd(daysLeft);
}

/** The days until something ends, when that is all there is to say; else null. */
export function onlyEnd(reasons: IntegrationReason[]): number | null {
  return reasons.length === 1 ? (reasons[0]?.daysLeft ?? null) : null;
}

/** A month before, the end of a token is news; from two weeks on a warning; on the last day it is about to stop the work. */
function toneOfEnd(daysLeft: number): Tone {
  if (daysLeft <= 1) return 'bad';
  return daysLeft <= 14 ? 'warning' : 'progress';
}

/** The same as a word. What has stopped working needs attention, even where the connection itself is active. */
export function wordOf(integration: Standing): string {
  const hasStopped = integration.state === 'active' && toneOf(integration) === 'bad';
  return texts.integrationStates[hasStopped ? 'degraded' : integration.state];
}

/** An integration as it is with one of the caller's further connections; as it is when there is no such connection. */
export function withConnection(integration: Integration, connectionId: string | null): Integration {
  const other = integration.others.find(({ connection }) => connection.id === connectionId);
  if (!other) return integration;
  const { state, reasons, connection, link, capabilities, linkedPeople, others } = integration;
  const first = connection ? [{ state, reasons, connection, link, capabilities, linkedPeople }] : [];
  return { ...integration, ...other, others: [...first, ...others.filter((one) => one !== other)] };
}

/** Products that are switched off are only for administrators to see. */
export function shownTo(isAdmin: boolean, items: Integration[]): Integration[] {
  return items.filter(({ state }) => state !== 'disabled' || isAdmin);
}

/** Where the caller is linked, or can be. */
export function inUse(integrations: Integration[]): Integration[] {
  return integrations.filter(({ link, capabilities }) => link !== null || capabilities.includes('link') || capabilities.includes('configure'));
}
