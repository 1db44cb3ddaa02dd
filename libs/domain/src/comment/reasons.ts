/**
 * What every reason code means for people: a title, what the issue shows, and what to do about it.
 *
 * The delivery log and the decision page show title and hint; `inIssue` says whether the issue hears anything. Silence
 * is only for those who did not address us, and for cases in which no comment can be written.
 */
import type { DeliveryReason } from '@openhands-jira/contracts';

/** The kind of comment that a decision leads to, or silence. */
export type InIssue = 'silent' | 'status' | 'command' | 'result' | 'refusal' | 'failure';

export interface ReasonText {
  /** One short sentence without a full stop. */
  title: string;
  inIssue: InIssue;
  /** What to do, for the reader of the log. */
  hint: string;
}

const NOTHING_TO_DO = 'Nothing to do.';

const silent = (title: string, hint = NOTHING_TO_DO): ReasonText => ({ title, inIssue: 'silent', hint });
const refusal = (title: string, hint: string): ReasonText => ({ title, inIssue: 'refusal', hint });
const failure = (title: string, hint: string): ReasonText => ({ title, inIssue: 'failure', hint });

/** Texts of all reason codes. */
export const REASON_TEXTS: Record<DeliveryReason, ReasonText> = {
  started: { title: 'A job was started', inIssue: 'status', hint: NOTHING_TO_DO },
  continued: { title: 'The words were passed on to the running job', inIssue: 'status', hint: NOTHING_TO_DO },
  command_done: { title: 'A command was carried out', inIssue: 'command', hint: NOTHING_TO_DO },
  cancelled_by_event: {
    title: 'The job was stopped, because its comment or issue was deleted',
    inIssue: 'result',
    hint: NOTHING_TO_DO,
  },

  event_not_used: silent('This kind of event is not used', 'Unselect it in the webhook to save traffic.'),
  no_mention_no_label: silent('Nothing addressed OpenHands', 'Write the mention in a comment, or add the label.'),
  mention_in_code_or_quote: silent(
    'The mention is only in code, in a quote or struck out',
    'Write the mention in plain text.',
  ),
  mention_near_miss: silent(
    'The mention is part of a longer word, an address or a link',
    'Put a blank before and after the mention.',
  ),
  label_already_present: silent('The label was there before this change', 'Remove the label and add it again.'),
  label_removed: silent('The label was taken away'),
  comment_already_handled: silent(
    'This comment was edited after it had its answer',
    'Write a new comment instead of editing the old one.',
  ),
  comment_deleted: silent('The comment was deleted, and nothing was left to stop'),
  courtesy_only: silent('Thanks without a request'),
  self_authored: silent(
    'Written by the service account, or by OpenHands itself',
    'To test, write the comment with your own Jira account.',
  ),
  duplicate_delivery: silent(
    'Jira sent the same delivery again',
    'Nothing to do. If this happens for every event, two webhooks have our address: delete one.',
  ),
  duplicate_trigger: silent(
    'Another delivery speaks of the same comment or change',
    'Nothing to do. Jira Data Center always sends two deliveries for one comment.',
  ),
  merged_with_job: silent(
    'The label was added while a job of this issue was running',
    'Wait for its end, or write a comment to add something.',
  ),
  project_out_of_scope: silent(
    'This project is not among the projects of the connection',
    'Add the project in the rules of the connection.',
  ),
  connection_paused: silent(
    'The connection is paused',
    'Resume it. Events that arrive during a pause are not made up for.',
  ),
  connection_pending: silent(
    'The set-up of the connection is not finished',
    'The webhook works. Finish the set-up in the settings.',
  ),
  shadow_accepted: silent(
    'The connection only watches; otherwise this request would have been accepted',
    'Switch "Only watch" off in the rules of the connection. What came before is not made up for; run it again if it is still wanted.',
  ),
  shadow_refused: silent(
    'The connection only watches; otherwise this request would have been refused',
    'The steps tell why. Switch "Only watch" off in the rules of the connection when it shall answer.',
  ),
  withdrawn: silent('The comment or the label was gone or changed before it was read'),
  payload_mismatch: silent(
    'Jira tells something else than the delivery did',
    'Somebody who knows the webhook secret may be forging deliveries: give the webhook a new secret.',
  ),

  user_not_linked: refusal(
    'The person has not connected their Jira account',
    'Send the person the address of the settings page. The trace shows their Jira account.',
  ),
  user_no_account: refusal('Nobody here has the e-mail address of this person', 'Invite the person to sign up.'),
  user_email_hidden: refusal(
    'Jira does not show the e-mail address of this person',
    'The person makes the address visible in the Jira profile, or connects by OAuth where that is offered.',
  ),
  user_search_forbidden: refusal(
    'Jira does not let the service account look for people',
    'Give the service account the global permission "Browse Users" in Jira, or let people connect by OAuth.',
  ),
  user_link_ambiguous: refusal(
    'Several accounts match this person',
    'Look at the linked users, and let the person connect explicitly.',
  ),
  user_link_expired: refusal(
    'The link of this person to Jira is no longer valid',
    'The person connects Jira again in the settings.',
  ),
  user_signin_expired: refusal('The sign-in of this person has ended', 'The person signs in once more.'),
  user_is_app: refusal(
    'An app or an automation asked, not a person',
    'Let the owner of the connection allow the app in its rules, or let a person ask.',
  ),
  user_not_allowed: refusal(
    'The person is connected, but may not start work here',
    'Look at who may start work in the rules of the connection.',
  ),
  git_provider_not_connected: refusal(
    'The person has no git account connected for this host',
    'The person signs in with an account of that host as well, on the Account page.',
  ),
  git_signin_expired: refusal(
    'The git account of this person no longer lets us act for them',
    'The person signs in with that git account again, on the Account page.',
  ),
  repo_missing: refusal(
    'No repository was found',
    'Write a line "Repository: owner/name" in the issue, or set a default for the project in the rules of the connection.',
  ),
  repo_invalid: refusal(
    'The repository or branch cannot be read, or the branch does not exist',
    'Correct the line; the trace shows it as it was written.',
  ),
  repo_host_unknown: refusal(
    'The git host is not known here',
    'Correct the address, or ask the operator to configure that git host.',
  ),
  repo_no_access: refusal(
    'The person cannot write to the repository, or it does not exist',
    "Check the name, and the person's rights at the git host.",
  ),
  repo_ambiguous: refusal('Several repositories are possible', 'Write exactly one "Repository:" line.'),
  issue_unreadable: silent(
    'The service account cannot see the issue, so it cannot answer there',
    'Give the service account a role in the project that may see the issue.',
  ),
  gate_not_met: refusal(
    'A label, status or field that the project asks for is missing',
    'Add what is missing, or change what the project asks for in the rules of the connection.',
  ),
  already_running: refusal(
    'A fresh start or a retry was asked for while a job of the issue is running',
    'Stop the job first, or send the words to it. The rules of the connection may let a fresh start take its place.',
  ),
  issue_rate_limited: refusal(
    'This issue has started too many jobs within an hour',
    'Look for an automation that triggers itself in a loop.',
  ),
  nothing_to_stop: refusal('There was nothing to stop', NOTHING_TO_DO),
  nothing_to_retry: refusal('There was no earlier job to repeat', NOTHING_TO_DO),
  command_not_allowed: refusal(
    'This person may not give this command',
    'The starter of the job, the assignee or a manager of the connection can.',
  ),

  signature_missing: silent(
    'The call has no signature',
    'Set a secret in the webhook. Jira Data Center before version 10 cannot sign.',
  ),
  signature_unsupported: silent(
    'The signature is malformed or made with another method than SHA-256',
    'Check whether the call really comes from Jira, or whether a proxy changes its headers.',
  ),
  signature_mismatch: silent(
    'The signature does not fit',
    'The secret differs: make a new one and paste it into the webhook. A proxy that changes the body has the same effect.',
  ),
  signature_secret_retired: silent(
    'Signed with the former secret after its time was over',
    'Put the new secret into the webhook in Jira.',
  ),
  secret_not_set: silent('No secret is stored for this connection', 'Finish the set-up of the connection.'),
  connection_unknown: silent(
    'There is no such connection, or it was removed',
    'Delete the webhook in Jira, or correct its address.',
  ),
  body_empty: silent('The call has no body', 'Untick "Exclude body" in the webhook.'),
  body_too_large: silent(
    'The call is larger than 25 MB',
    'Look at the issue for very long texts or histories; Jira does not send this call again.',
  ),
  body_unreadable: silent(
    'The body is not a Jira event',
    'Check which program calls this address; Jira sends JSON with a field "webhookEvent".',
  ),

  service_account_rejected: failure(
    'Jira refuses the service account',
    'Create a new token for the service account, and enter it in place of the old one.',
  ),
  service_account_forbidden: failure(
    'The service account may read but not comment',
    'Give the service account the permission "Add comments" in the project.',
  ),
  jira_unreachable: failure(
    'Jira could not be reached',
    'The trace names the stage that failed. For a certificate problem, add the certificate authority to the trusted ones.',
  ),
  jira_site_renamed: failure(
    'The Jira site has moved to another name',
    'Connect the site again under its new name, and correct the webhook.',
  ),
  jira_rate_limited: failure(
    'Jira asked us to slow down until the retries were used up',
    'Run the delivery again later.',
  ),
  jira_unexpected_answer: failure(
    'Jira answered something that cannot be understood',
    'Look for a proxy or a login page between this service and Jira, then run the delivery again.',
  ),
  git_provider_unreachable: failure(
    'The git host does not answer',
    'Check the git host and the network, then run the delivery again.',
  ),
  internal_error: failure(
    'Something went wrong in this service',
    'Search the log for the trace id, then run the delivery again.',
  ),
};
