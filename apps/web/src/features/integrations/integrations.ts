import { type Connection, type Integration, Integrations, type IntegrationState } from '@openhands-jira/contracts';
import type { Tone } from '@openhands-jira/ui';
import { queryOptions } from '@tanstack/react-query';
import { request } from '../../lib/api.js';
import { texts } from '../../texts.js';

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

const DAY = 24 * 60 * 60_000;
/** From so many days before the end we remind of it. */
const WARN_DAYS = 30;
const URGENT_DAYS = 7;

/** What to say about the end of the service account's token; null when it is far away or not known. */
export function tokenWarning(connection: Connection, now: Date): { tone: Tone; text: string } | null {
  const { expiresAt } = connection.serviceAccount;
  if (!expiresAt) return null;
  const left = new Date(expiresAt).getTime() - now.getTime();
  if (left <= 0) return { tone: 'bad', text: texts.integrations.tokenExpired };
  const days = Math.ceil(left / DAY);
  if (days > WARN_DAYS) return null;
  return { tone: days <= URGENT_DAYS ? 'bad' : 'warning', text: texts.integrations.tokenExpires(days) };
}
