/**
 * How an integration looks to one person whose site is their own or their company's: its state in one word, the reasons, and
 * what this person can do. `shared-site-state` has the rules for a site that serves the whole installation.
 *
 * Rules only, no database. Members learn that something is wrong; what it is and when credentials end is for the owner and
 * the administrators.
 */
import type { Capability, Integration, IntegrationState } from '@openhands-jira/contracts';
import type { ConnectionState } from '../connections/connection.entity.js';

type Reason = Integration['reasons'][number];

/** What the rules look at. */
export interface IntegrationFacts {
  connection: {
    status: ConnectionState;
    owned: boolean;
    tokenExpiresAt: Date | null;
    /** Jira refuses the service account. */
    tokenRefused: boolean;
    hadDelivery: boolean;
    /** Its rules say that it only watches. */
    watches: boolean;
  } | null;
  linked: boolean;
  isAdmin: boolean;
  /** False for the administrator token of the environment, which can neither own nor link anything. */
  hasAccount: boolean;
  now: Date;
}

const DAY_MS = 24 * 3_600_000;
/** Service-account tokens live at most a year; this is when the page begins to warn. */
const WARN_DAYS = 30;
/** From here on it also says what happens otherwise. */
const URGENT_DAYS = 7;

const STATES: Record<ConnectionState, IntegrationState> = { pending: 'setup_incomplete', active: 'active', paused: 'paused', inactive: 'not_configured' };

/** The state and its reasons. */
export function integrationState(facts: IntegrationFacts): { state: IntegrationState; reasons: Reason[] } {
  const { connection } = facts;
  if (!connection) return { state: 'not_configured', reasons: [] };
  const token = connection.status === 'active' ? tokenReason(connection, facts.now, RENEW_OWN_TOKEN) : null;
  if (token) return { state: 'degraded', reasons: [connection.owned || facts.isAdmin ? token : OWNER_NEEDED] };
  return { state: STATES[connection.status], reasons: statusReasons(connection) };
}

/** What this person can do. The page shows its buttons by it; every route checks for itself. */
export function integrationCapabilities(facts: IntegrationFacts): Capability[] {
  const oversight: Capability[] = facts.isAdmin ? ['view_deliveries', 'replay'] : [];
  if (!facts.hasAccount) return oversight;
  return [...new Set([...ownCapabilities(facts), ...oversight])];
}

function ownCapabilities({ connection, linked }: IntegrationFacts): Capability[] {
  if (!connection) return ['configure', 'link'];
  if (!connection.owned) return ['configure', 'unlink', 'view_deliveries'];
  switch (connection.status) {
    case 'pending': return ['configure', 'edit', 'unlink', 'view_deliveries'];
    case 'inactive': return ['configure', 'edit', 'view_deliveries'];
    default: return ['configure', ...(linked ? [] : ['link' as const]), 'edit', 'pause', 'unlink', 'view_deliveries', 'replay'];
  }
}

const OWNER_NEEDED: Reason = { code: 'owner_needed', detail: 'The person who set this workspace up has to look after it.' };

/** What is to be said about the service account's token: that Jira refuses it, or its end; null while there is time. The nearer the day, the plainer the words. `renewal` says how a new one is made. */
export function tokenReason({ tokenExpiresAt: expiresAt, tokenRefused }: { tokenExpiresAt: Date | null; tokenRefused: boolean }, now: Date, renewal: string): Reason | null {
  if (tokenRefused) return { code: 'token_refused', detail: `Jira refuses the token of the service account: jobs cannot start, and nothing can be written into issues. ${renewal}` };
  if (!expiresAt) return null;
  const days = Math.ceil((expiresAt.getTime() - now.getTime()) / DAY_MS);
  if (days <= 0) return { code: 'token_expired', detail: `The token of the service account has expired: jobs cannot start, and nothing can be written into issues. ${renewal}` };
  if (days > WARN_DAYS) return null;
  const when = days === 1 ? 'within a day' : `in ${days} days`;
  const then = days <= URGENT_DAYS ? ' After that, jobs cannot start, and nothing can be written into issues.' : '';
  return { code: 'token_expires_soon', detail: `The token of the service account expires ${when}.${then} ${renewal}`, daysLeft: days };
}

const RENEW_OWN_TOKEN = 'Create a new one in admin.atlassian.com and paste it under Edit.';

/** So that nobody wonders why nothing happens; also for members. */
export const ONLY_WATCHES: Reason = { code: 'only_watches', detail: 'This connection only watches: requests are decided and listed in the activity, but nothing starts, and nothing is written in Jira. Its rules say so.' };

function statusReasons({ status, hadDelivery, watches }: NonNullable<IntegrationFacts['connection']>): Reason[] {
  switch (status) {
    case 'pending': return [{ code: 'proof_missing', detail: 'One step is left: your consent at Atlassian, which proves that you belong to this workspace.' }];
    case 'inactive': return [{ code: 'unlinked_by_owner', detail: 'This workspace was unlinked for everybody. You look after it, so only you can reactivate it.' }];
    case 'active': return watches ? [ONLY_WATCHES] : hadDelivery ? [] : [{ code: 'no_delivery_yet', detail: 'Nothing has come from Jira yet. Create the webhook in Jira, then write a comment on any issue.' }];
    case 'paused': return [];
  }
}
