/**
 * How an integration looks whose one site serves the whole installation: administrators chose the site and the service
 * account, one person sets up the webhook for everybody, and all others only link their own account.
 *
 * Rules only, no database.
 */
import type { Capability, Integration, IntegrationState } from '@openhands-jira/contracts';
import type { ConnectionState } from '../connections/connection.entity.js';

type Reason = Integration['reasons'][number];

/** What the rules look at. */
export interface SharedSiteFacts {
  connection: {
    status: ConnectionState;
    owned: boolean;
    hasOwner: boolean;
    /** Somebody began to set up the webhook. */
    hasWebhook: boolean;
    hadDelivery: boolean;
  } | null;
  linked: boolean;
  isAdmin: boolean;
  /** False for the administrator token of the environment, which can link nothing. */
  hasAccount: boolean;
}

export function sharedSiteState({ connection }: SharedSiteFacts): { state: IntegrationState; reasons: Reason[] } {
  if (!connection || connection.status === 'inactive') return { state: 'setup_incomplete', reasons: [WEBHOOK_MISSING] };
  switch (connection.status) {
    case 'pending':
      return { state: 'setup_incomplete', reasons: [connection.hasWebhook ? WEBHOOK_UNCONFIRMED : WEBHOOK_MISSING] };
    case 'paused':
      return { state: 'paused', reasons: [] };
    case 'active':
      return { state: 'active', reasons: connection.hadDelivery ? [] : [NO_DELIVERY_YET] };
  }
}

const WEBHOOK_MISSING: Reason = { code: 'webhook_missing', detail: 'The webhook is not set up yet. One person does it for everybody: install it automatically with the token of a Jira administrator, or set it up in Jira.' };
const WEBHOOK_UNCONFIRMED: Reason = { code: 'webhook_unconfirmed', detail: 'The webhook details were generated. Enter them in Jira, then say that you created the webhook.' };
const NO_DELIVERY_YET: Reason = { code: 'no_delivery_yet', detail: 'Nothing has come from Jira yet. Write a comment on any issue. If nothing comes, check that Jira can reach the address of the webhook.' };

/** What this person can do. The page shows its buttons by it; every route checks for itself. */
export function sharedSiteCapabilities(facts: SharedSiteFacts): Capability[] {
  const { connection, isAdmin, hasAccount } = facts;
  const manages = isAdmin || connection?.owned === true;
  const seesAll: Capability[] = manages ? ['view_deliveries', 'replay'] : [];
  return [...new Set([...ownAccount(facts), ...webhook(facts, manages), ...(hasAccount ? ['view_deliveries' as const] : []), ...seesAll])];
}

function ownAccount({ connection, linked, hasAccount }: SharedSiteFacts): Capability[] {
  if (!hasAccount) return [];
  if (linked) return ['unlink'];
  return connection?.status === 'inactive' ? [] : ['link'];
}

function webhook({ connection }: SharedSiteFacts, manages: boolean): Capability[] {
  const isSetUp = connection?.status === 'active' || connection?.status === 'paused';
  if (isSetUp) return manages ? ['install_webhook', 'rotate_secret', 'pause', 'remove'] : [];
  if (manages) return connection ? ['install_webhook', 'remove'] : ['install_webhook'];
  return connection?.hasOwner ? [] : ['install_webhook'];
}
