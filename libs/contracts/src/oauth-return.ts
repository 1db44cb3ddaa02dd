/** How a visit to Jira for a person's consent ended. */
import { z } from 'zod';

/** Where a Jira OAuth callback found out how it ended (`?code=`); the page has a sentence for each. */
export const OAuthReturnCode = z
  .enum([
    'ok', 'access_denied', 'signed_out', 'state_unknown', 'no_code', 'code_refused', 'client_refused', 'scope_refused', 'site_not_accessible', 'base_url_changed', 'site_taken', 'not_owner',
    'jira_account_taken', 'workspace_inactive', 'connection_gone', 'connection_removed', 'product_disabled', 'atlassian_unreachable', 'jira_unreachable', 'tls_untrusted', 'unexpected_answer', 'internal_error',
  ])
  .meta({ id: 'OAuthReturnCode' });
export type OAuthReturnCode = z.infer<typeof OAuthReturnCode>;

/** The word that a Jira OAuth callback brings back to the page (`?result=`). */
export const OAuthResult = z.enum(['linked', 'configured', 'denied', 'expired', 'wrong_site', 'conflict', 'failed']).meta({ id: 'OAuthResult' });
export type OAuthResult = z.infer<typeof OAuthResult>;
