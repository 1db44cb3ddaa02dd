import { type Integration, Integrations, type IntegrationState } from '@openhands-jira/contracts';
import type { Tone } from '@openhands-jira/ui';
import { queryOptions } from '@tanstack/react-query';
import { request } from '../../lib/api.js';

/** The products as the caller sees them. */
export const integrationsQuery = queryOptions({
  queryKey: ['integrations'],
  queryFn: ({ signal }) => request('/api/v1/integrations', Integrations, { signal }),
});

export const STATE_TONES: Record<IntegrationState, Tone> = {
  disabled: 'neutral', not_configured: 'neutral', setup_incomplete: 'warning', active: 'good', paused: 'warning', degraded: 'bad',
};

/** Products that are switched off are only for administrators to see. */
export function shownTo(isAdmin: boolean, items: Integration[]): Integration[] {
  return items.filter(({ state }) => state !== 'disabled' || isAdmin);
}
