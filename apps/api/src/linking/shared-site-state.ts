/**
 * How an integration looks whose one site serves the whole installation: administrators chose the site and the service
 * account, one person sets up the webhook for everybody, and all others only link their own account.
 *
 * Rules only, no database.
 */
import type { Capability, Integration, IntegrationState } from '@openhands-jira/contracts';
import type { ConnectionState } from '../connections/connection.entity.js';
import { ONLY_WATCHES, tokenReason } from './integration-state.js';

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
    /** Its rules say that it only watches. */
    watches: boolean;
    tokenExpiresAt: Date | null;
    /** Jira refuses the service account. */
    tokenRefused: boolean;
  } | null;
  linked: boolean;
  isAdmin: boolean;
  /** False for the administrator token of the environment, which can link nothing. */
  hasAccount: boolean;
  now: Date;
}

/** The state and its reasons. Steps are named only to those who can take them; others read who can. */
export function sharedSiteState(facts: SharedSiteFacts): { state: IntegrationState; reasons: Reason[] } {
  const { connection } = facts;
  if (connection?.status === 'paused') return { state: 'paused', reasons: [] };
  if (connection?.status !== 'active') return { state: 'setup_incomplete', reasons: [mayInstall(facts) ? nextStep(connection) : MANAGER_NEEDED] };
  const token = tokenReason(connection, facts.now, RENEW_TOKEN);
  if (token) return { state: 'degraded', reasons: [manages(facts) ? token : MANAGER_NEEDED] };
  return { state: 'active', reasons: connection.watches ? [ONLY_WATCHES] : connection.hadDelivery ? [] : [NO_DELIVERY_YET] };
}

function nextStep(connection: SharedSiteFacts['connection']): Reason {
  return connection?.status === 'pending' && connection.hasWebhook ? WEBHOOK_UNCONFIRMED : WEBHOOK_MISSING;
}

const MANAGER_NEEDED: Reason = { code: 'owner_needed', detail: 'The person who set this Jira up, or an administrator, has to do something before it works for everybody.' };
const RENEW_TOKEN = 'Create a new personal access token in Jira while signed in as the service account. An administrator enters it in the settings of the installation.';
const WEBHOOK_MISSING: Reason = { code: 'webhook_missing', detail: 'The webhook is not set up yet. One person does it for everybody: install it automatically with the token of a Jira administrator, or set it up in Jira.' };
const WEBHOOK_UNCONFIRMED: Reason = { code: 'webhook_unconfirmed', detail: 'The webhook details were generated. Enter them in Jira, then say that you created the webhook.' };
const NO_DELIVERY_YET: Reason = { code: 'no_delivery_yet', detail: 'Nothing has come from Jira yet. Write a comment on any issue. If nothing comes, check that Jira can reach the address of the webhook.' };

/** What this person can do. The page shows its buttons by it; every route checks for itself. */
export function sharedSiteCapabilities(facts: SharedSiteFacts): Capability[] {
  const { hasAccount } = facts;
  const seesAll: Capability[] = manages(facts) ? ['view_deliveries', 'replay'] : [];
  return [...new Set([...ownAccount(facts), ...webhook(facts), ...(hasAccount ? ['view_deliveries' as const] : []), ...seesAll])];
}

function ownAccount({ connection, linked, hasAccount }: SharedSiteFacts): Capability[] {
  if (!hasAccount) return [];
  if (linked) return ['unlink'];
  return connection?.status === 'inactive' ? [] : ['link'];
}

function webhook(facts: SharedSiteFacts): Capability[] {
  const { connection } = facts;
  if (!mayInstall(facts)) return [];
  if (isSetUp(facts)) return ['install_webhook', 'rotate_secret', 'pause', 'remove'];
  return connection && manages(facts) ? ['install_webhook', 'remove'] : ['install_webhook'];
}

function manages({ connection, isAdmin }: SharedSiteFacts): boolean {
  return isAdmin || connection?.owned === true;
}

/** Before it has an owner, anybody may set the webhook up and become it. */
function mayInstall(facts: SharedSiteFacts): boolean {
  return manages(facts) || (!isSetUp(facts) && !facts.connection?.hasOwner);
}

function isSetUp({ connection }: SharedSiteFacts): boolean {
  return connection?.status === 'active' || connection?.status === 'paused';
}
