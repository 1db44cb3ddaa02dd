/** What went wrong with a call that somebody waits for, as an answer: what happened, why, and what to do next. */
import { JiraProblem } from '@openhands-jira/domain';
import { OutgoingProblem } from '../http/outgoing.js';
import { Problem } from '../security/problem.js';

/** Whose token was used: the administrator's one-time token, or the service account's of the settings. */
export type TokenOwner = 'administrator' | 'service account';

/** Runs calls; what Jira refuses becomes a `Problem` with a code of its own for each cause. */
export async function answerable<T>(whose: TokenOwner, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof JiraProblem ? problemOf(error, whose) : error;
  }
}

function problemOf(problem: JiraProblem, whose: TokenOwner): Problem {
  if (problem.cause instanceof OutgoingProblem) return unreachable(problem.cause);
  switch (problem.code) {
    case 'service_account_rejected':
      return rejected(whose);
    case 'service_account_forbidden':
      return whose === 'administrator' ? notAdministrator() : new Problem(422, 'jira_missing_permission', 'Jira does not let the service account do this. A Jira administrator has to give it access to its projects, and the global permission "Browse Users" where people are matched by e-mail.');
    case 'jira_site_renamed':
      return new Problem(502, 'jira_unexpected_answer', 'Jira sends us to another address. An administrator has to correct the Jira Data Center Base URL, with its scheme, port and context path.');
    case 'jira_rate_limited':
      return new Problem(502, 'jira_unreachable', 'Jira limits the number of calls at the moment. Try again in a minute.');
    case 'jira_unreachable':
      return new Problem(502, 'jira_unreachable', `${problem.message} Try again in a minute.`);
    case 'jira_unexpected_answer':
      return new Problem(502, 'jira_unexpected_answer', `${problem.message} Check that the Jira Data Center Base URL leads to Jira, with its port and context path.`);
  }
}

/** Names the stage, because each has another cure. */
function unreachable({ stage, host, cause_code: code }: OutgoingProblem): Problem {
  if (stage === 'tls') return new Problem(502, 'tls_untrusted', `The certificate of ${host} was not accepted. ${tlsCure(code)}`);
  const cures: Record<Exclude<OutgoingProblem['stage'], 'tls'>, string> = {
    dns: `The name ${host} cannot be resolved. Check the host of the Jira Data Center Base URL and the name servers of this service.`,
    tcp: `No connection to ${host} can be made. Check the port of the Jira Data Center Base URL and the firewall between this service and Jira.`,
    timeout: `${host} does not answer in time. Check that this service can reach Jira, and try again in a minute.`,
    blocked: `${host} leads to an address that this service does not call, such as this very machine. Correct the Jira Data Center Base URL, or have the operator list the host in OUTBOUND_ALLOWED_HOSTS.`,
    protocol: `The connection to ${host} broke. Check whether the Jira Data Center Base URL begins with the right scheme, and try again in a minute.`,
    too_large: `${host} sent an answer that is too large. Check that the Jira Data Center Base URL leads to Jira.`,
  };
  return new Problem(502, 'jira_unreachable', cures[stage]);
}

function tlsCure(code: string): string {
  if (code === 'CERT_HAS_EXPIRED') return 'It has expired: renew it in Jira.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'It is made for another host name: correct the Jira Data Center Base URL, or the certificate.';
  return 'Its authority is not known here: upload the CA certificate under Additional Trusted CA Certificates.';
}

function rejected(whose: TokenOwner): Problem {
  if (whose === 'service account') {
    return new Problem(422, 'jira_rejected_credentials', 'Jira does not accept the token of the service account. An administrator has to enter a new personal access token in the settings of Jira Data Center.');
  }
  const detail = 'Jira does not accept this personal access token. It may have expired, be incomplete, or the account may be locked until it signs in in a browser. Create a new one in your Jira profile and paste it here.';
  return new Problem(422, 'jira_rejected_credentials', detail, [{ path: 'adminToken', message: detail }]);
}

/** Only Jira administrators may look at or change global webhooks. */
export function notAdministrator(): Problem {
  const detail = 'This token belongs to somebody who may not create global webhooks in Jira. Use the token of a Jira administrator, or set the webhook up in Jira yourself.';
  return new Problem(422, 'jira_not_admin', detail, [{ path: 'adminToken', message: detail }]);
}
