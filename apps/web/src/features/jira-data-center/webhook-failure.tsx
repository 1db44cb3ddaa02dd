import { Button, Notice } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '../../lib/router.js';
import type { RequestFailed } from '../../lib/api.js';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { meQuery } from '../sign-in/me.js';

/** Causes whose cure is in the settings of the installation. */
const CURED_BY_SETTINGS: readonly string[] = ['jira_unreachable', 'tls_untrusted', 'jira_rejected_credentials', 'jira_missing_permission', 'jira_unexpected_answer', 'product_disabled'];
/** Causes that meet everybody, whichever way the webhook gets into Jira. */
const NO_WAY_ROUND: readonly string[] = ['webhook_not_signed', 'product_disabled', 'not_owner', 'unauthenticated', 'offline'];

/**
 * Why the webhook could not be set up, what to do, and the other way. What stands at the field already is not said a second
 * time.
 */
export function WebhookFailure({ failure, atField = false, onManual }: { failure: RequestFailed; atField?: boolean; onManual?: () => void }) {
  const isAdmin = useQuery(meQuery).data?.isAdmin ?? false;
  const offersManual = onManual !== undefined && !NO_WAY_ROUND.includes(failure.code);
  if (atField && !offersManual) return null;
  return (
    <Notice tone={atField ? 'neutral' : 'bad'} title={atField ? undefined : (t.failures[failure.code] ?? t.failed)} role={atField ? undefined : 'alert'}>
      {!atField && <p>{failure.message}</p>}
      {!atField && isAdmin && CURED_BY_SETTINGS.includes(failure.code) && <p><Link to="/settings/installation">{t.openSettings}</Link></p>}
      {offersManual && (
        <>
          <p>{t.manualInstead}</p>
          <Button variant="default" size="xs" onClick={onManual}>{t.goManual}</Button>
        </>
      )}
    </Notice>
  );
}
