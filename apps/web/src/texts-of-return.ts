/** What the page says when somebody comes back from giving consent in Jira. */
import type { OAuthReturnCode } from '@openhands-jira/contracts';

export const returnTexts = {
  again: 'Try again',
  toDataCenter: 'See Jira Data Center',
  unknown: 'This page ends a visit to Jira',
  unknownText: 'It has nothing to say when it is opened by itself.',
  codes: {
    signed_out: 'You were not signed in here any more.',
    code_refused: 'Jira did not accept its own confirmation; it lives only a few seconds.',
    client_refused: 'Jira does not accept the OAuth client of this installation. An administrator has to correct its ID or secret.',
    scope_refused: 'The application link in Jira does not allow what is needed. A Jira administrator has to give it the permission Write.',
    base_url_changed: 'An administrator changed the address of Jira in the meantime.',
    site_taken: 'Somebody else connected this workspace while you were away. You can link your account to it.',
    not_owner: 'The connection belongs to somebody else now. You can link your account to it.',
    jira_account_taken: 'This Jira account is connected to somebody else here.',
    workspace_inactive: 'The person who set this workspace up unlinked or paused it in the meantime.',
    connection_gone: 'The connection was removed in the meantime.',
    connection_removed: 'The connection was removed in the meantime.',
    product_disabled: 'This Jira product was switched off in the meantime.',
    atlassian_unreachable: 'Atlassian could not be reached.',
    jira_unreachable: 'Jira could not be reached.',
    tls_untrusted: 'The certificate of Jira is not trusted here.',
    internal_error: 'Something went wrong in this service. It was logged.',
    no_code: 'Jira sent you back without a confirmation.',
    unexpected_answer: 'Jira did not answer as expected.',
    // The result says it all.
    ok: null, access_denied: null, state_unknown: null, site_not_accessible: null,
  } satisfies Record<OAuthReturnCode, string | null> as Record<OAuthReturnCode, string | null>,
};
