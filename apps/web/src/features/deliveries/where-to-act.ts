/** Where the reader of a fix hint can do what it says. Rules only. */
import type { DeliveryDetail, DeliveryReason, JobFailureReason, Product } from '@openhands-jira/contracts';
import { activityTexts } from '../../texts-of-activity.js';
import { rulesPage } from '../rules/rules.js';

export interface Place {
  to: string;
  label: string;
}

type Where = 'integration' | 'account' | 'serviceAccount' | 'rules';

const PLACES: Partial<Record<DeliveryReason, Where>> = {
  connection_paused: 'integration', connection_pending: 'integration', payload_mismatch: 'integration', jira_site_renamed: 'integration',
  user_not_linked: 'integration', user_email_hidden: 'integration', user_link_ambiguous: 'integration', user_link_expired: 'integration',
  git_provider_not_connected: 'account', git_signin_expired: 'account', user_signin_expired: 'account',
  service_account_rejected: 'serviceAccount', service_account_forbidden: 'serviceAccount', jira_unreachable: 'serviceAccount',
  project_out_of_scope: 'rules', user_not_allowed: 'rules', user_is_app: 'rules', gate_not_met: 'rules', repo_missing: 'rules', shadow_accepted: 'rules', shadow_refused: 'rules',
};

/** The page that belongs to a reason; null when there is nothing to do here, or not for this reader. */
export function whereToAct({ reason, product, connectionId, manages }: Pick<DeliveryDetail, 'reason' | 'product' | 'connectionId' | 'manages'>, isAdmin: boolean): Place | null {
  const where = reason && PLACES[reason];
  if (!where) return null;
  if (where === 'account') return ACCOUNT;
  if (where === 'rules') return manages ? { to: rulesPage(connectionId), label: activityTexts.places.rules } : null;
  // The service account of Jira Data Center is set for the whole installation.
  if (where === 'serviceAccount' && product === 'jira-data-center') return isAdmin ? { to: '/settings/installation', label: activityTexts.places.installation } : null;
  return integration(product);
}

const ACCOUNT: Place = { to: '/account', label: activityTexts.places.account };

function integration(product: Product): Place {
  return { to: `/settings/integrations/${product}`, label: activityTexts.places.integration };
}

/** The same for a job that failed. */
export function whereToActAfter(failure: JobFailureReason): Place | null {
  return failure === 'agent_not_configured' || failure === 'agent_key_rejected' ? ACCOUNT : null;
}
