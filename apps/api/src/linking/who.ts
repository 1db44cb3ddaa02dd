import type { RefusedReason, UnlinkedState } from '@openhands-jira/contracts';
import type { JiraActor, JiraClient } from '@openhands-jira/domain';

/** Who a Jira account is here, or why that cannot be said. `detail` is for the trace; it holds no e-mail address. */
export type Who =
  | { kind: 'person'; user: { id: string; name: string }; link: { jiraAccountId: string; method: 'oauth' | 'email' }; detail: string }
  | { kind: 'refused'; reason: PersonRefusal; detail: string; state: UnlinkedState };

/** Why somebody is nobody here. */
export type PersonRefusal = RefusedReason & ('user_not_linked' | 'user_no_account' | 'user_email_hidden' | 'user_link_ambiguous' | 'user_search_forbidden' | 'user_link_expired' | 'user_is_app');

/** The questions about e-mail addresses that Jira answers to the service account. */
export type Addresses = Pick<JiraClient, 'emailOf' | 'accountsWithEmail'>;

/** An account as the trace names it. */
export function shown(actor: JiraActor): string {
  return `The Jira account ${actor.id || 'without an id'}`;
}

/** `state` is needed where the reason alone does not tell how the account stands. */
export function refused(reason: PersonRefusal, detail: string, state: UnlinkedState = STATES[reason] ?? 'not_linked'): Who {
  return { kind: 'refused', reason, detail, state };
}

const STATES: Partial<Record<PersonRefusal, UnlinkedState>> = { user_no_account: 'no_account', user_email_hidden: 'email_hidden', user_link_ambiguous: 'ambiguous', user_link_expired: 'link_ended' };
