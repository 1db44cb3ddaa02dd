/** The part of the catalogue that puts the codes of the contracts into words: each code has its word, or the build breaks. */
import type { DeliveryOutcome, DeliveryReason, JobCancelReason, JobFailureReason, JobState, OAuthResult, TraceStep } from '@openhands-jira/contracts';

export const outcomes: Record<DeliveryOutcome, string> = {
  pending: 'Being decided', job: 'Accepted', ignored: 'Ignored', refused: 'Refused', rejected: 'Rejected', failed: 'Failed',
};

export const reasons: Record<DeliveryReason, string> = {
  started: 'A job was started',
  continued: 'The words were passed on to the running job',
  command_done: 'A command was carried out',
  cancelled_by_event: 'The job was stopped, because its comment or issue was deleted',
  event_not_used: 'This kind of event is not used',
  no_mention_no_label: 'Nothing addressed OpenHands',
  mention_in_code_or_quote: 'The mention is only in code, in a quote or struck out',
  mention_near_miss: 'The mention is part of a longer word, an address or a link',
  label_already_present: 'The label was there before this change',
  label_removed: 'The label was taken away',
  comment_already_handled: 'This comment was edited after it had its answer',
  comment_deleted: 'The comment was deleted, and nothing was left to stop',
  courtesy_only: 'Thanks without a request',
  self_authored: 'Written by the service account, or by OpenHands itself',
  duplicate_delivery: 'Jira sent the same delivery again',
  duplicate_trigger: 'Another delivery speaks of the same comment or change',
  merged_with_job: 'The label was added while a job of this issue was running',
  project_out_of_scope: 'This project is not among the projects of the connection',
  connection_paused: 'The connection is paused',
  connection_pending: 'The set-up of the connection is not finished',
  shadow_accepted: 'Only watched: it would have been accepted',
  shadow_refused: 'Only watched: it would have been refused',
  withdrawn: 'The comment or the label was gone or changed before it was read',
  payload_mismatch: 'Jira tells something else than the delivery did',
  user_not_linked: 'The person has not connected their Jira account',
  user_no_account: 'Nobody here has the e-mail address of this person',
  user_email_hidden: 'Jira does not show the e-mail address of this person',
  user_search_forbidden: 'Jira does not let the service account look for people',
  user_link_ambiguous: 'Several accounts match this person',
  user_link_expired: 'The link of this person to Jira is no longer valid',
  user_signin_expired: 'The sign-in of this person has ended',
  user_is_app: 'An app or an automation asked, not a person',
  user_not_allowed: 'The person is connected, but may not start work here',
  git_provider_not_connected: 'The person has no git account connected for this host',
  git_signin_expired: 'The git account of this person no longer lets us act for them',
  repo_missing: 'No repository was found',
  repo_invalid: 'The repository or branch cannot be read, or the branch does not exist',
  repo_host_unknown: 'The git host is not known here',
  repo_no_access: 'The person cannot write to the repository, or it does not exist',
  repo_ambiguous: 'Several repositories are possible',
  issue_unreadable: 'The service account cannot see the issue, so it cannot answer there',
  gate_not_met: 'A label, status or field that the project asks for is missing',
  already_running: 'A fresh start was asked for while a job of the issue is running',
  issue_rate_limited: 'This issue has started too many jobs within an hour',
  nothing_to_stop: 'There was nothing to stop',
  nothing_to_retry: 'There was no earlier job to repeat',
  command_not_allowed: 'This person may not give this command',
  signature_missing: 'The call has no signature',
  signature_unsupported: 'The signature is malformed or made with another method than SHA-256',
  signature_mismatch: 'The signature does not fit',
  signature_secret_retired: 'Signed with the former secret after its time was over',
  secret_not_set: 'No secret is stored for this connection',
  connection_unknown: 'There is no such connection, or it was removed',
  body_empty: 'The call has no body',
  body_too_large: 'The call is larger than 25 MB',
  body_unreadable: 'The body is not a Jira event',
  service_account_rejected: 'Jira refuses the service account',
  service_account_forbidden: 'The service account may read but not comment',
  jira_unreachable: 'Jira could not be reached',
  jira_site_renamed: 'The Jira site has moved to another name',
  jira_rate_limited: 'Jira asked us to slow down until the retries were used up',
  jira_unexpected_answer: 'Jira answered something that cannot be understood',
  git_provider_unreachable: 'The git host does not answer',
  internal_error: 'Something went wrong in this service',
};

export const jobStates: Record<JobState, string> = {
  queued: 'Queued', starting: 'Starting', running: 'Running', succeeded: 'Succeeded', failed: 'Failed', cancelled: 'Cancelled',
};

export const jobFailures: Record<JobFailureReason, string> = {
  agent_not_configured: 'No OpenHands key is set. Set your own on the Account page, or ask an administrator.',
  agent_key_rejected: 'OpenHands refuses the key. Set a new one on the Account page, or ask an administrator.',
  agent_unreachable: 'OpenHands did not answer. Try again later.',
  agent_start_failed: 'OpenHands could not start. Try again.',
  agent_start_timeout: 'OpenHands did not start in time. Try again.',
  agent_settings_missing: 'The model settings of the OpenHands account are not complete. Complete them in OpenHands, then try again.',
  agent_model_key_invalid: 'The model key of the OpenHands account is not valid. Correct it in OpenHands, then try again.',
  agent_quota_exceeded: 'The budget or limit of the OpenHands account is used up. Raise it in OpenHands, or add credit there, then try again.',
  agent_error: 'OpenHands ended with an error. Its conversation tells more. Try again; if the error comes back, describe the work in other words or in smaller parts.',
  agent_stuck: 'OpenHands went round in circles and stopped. Its conversation tells more. Ask again in the issue, more exactly or for a smaller part of the work.',
  agent_idle: 'OpenHands did not begin to work. Try again.',
  agent_suspended: 'The machine of OpenHands was paused in the middle. The work may be incomplete; try again.',
  agent_sandbox_error: 'The machine of OpenHands had an error. The work may be incomplete; try again.',
  agent_sandbox_missing: 'The machine of OpenHands was lost. The work may be incomplete; try again.',
  time_limit: 'The job took longer than this installation allows. What was pushed until then is kept: ask for a smaller part of the work, or ask an administrator for a longer limit.',
};

export const cancelReasons: Record<JobCancelReason, string> = {
  stopped_by_person: 'Somebody stopped it.',
  comment_deleted: 'The comment that asked for it was deleted.',
  issue_deleted: 'The issue was deleted.',
  connection_removed: 'The connection to Jira was removed.',
  replaced: 'A newer request took its place.',
  stopped_at_agent: 'It was stopped in OpenHands.',
};

export const oauthResults: Record<OAuthResult, { title: string; text: string }> = {
  linked: { title: 'Your Jira account is connected', text: 'You can ask OpenHands for work in your issues now.' },
  configured: { title: 'The connection is saved', text: 'Atlassian has confirmed that you belong to the workspace, and the settings are in effect.' },
  denied: { title: 'You did not give consent', text: 'Nothing was changed. The consent shows us that you belong to the Jira site. You can try again at any time.' },
  expired: { title: 'This took too long, or the page was opened twice', text: 'Nothing was changed. A consent is valid for ten minutes and for one use. Start again from the settings.' },
  wrong_site: { title: 'The consent was for another Jira site', text: 'Nothing was changed. At Atlassian, choose the site that you entered here. If it is not in the list, your Atlassian account does not belong to it.' },
  conflict: { title: 'Somebody else has connected this', text: 'Nothing was changed. Ask that person, or an administrator, if this is a surprise.' },
  failed: { title: 'The connection could not be completed', text: 'Nothing was changed. Try again; if it stays so, ask an administrator to look at the log.' },
};

/** Where Jira Data Center needs other words: there is one site, and nothing to choose. */
export const dataCenterResults: Partial<typeof oauthResults> = {
  wrong_site: { title: 'The consent was for another Jira', text: 'Nothing was changed. Connect again to give your consent at the Jira that is used now.' },
};

/** What a step of a decision looks at. Steps that are not named here are shown by their own word. */
export const traceSteps: Record<string, string> = {
  signature: 'Signature', event: 'Kind of event', connection: 'Connection', mention: 'Mention', label: 'Label', author: 'Author', edit: 'Edited comment', replay: 'Run again',
  'trigger key': 'Asked before', 'read back': 'Confirmed by Jira', reading: 'What was asked', person: 'Person', repository: 'Repository', access: 'Access to the repository',
  conversation: 'Conversation', limits: 'Limits', 'active job': 'Running job', attempt: 'Attempt', outcome: 'Result',
  project: 'Project', rules: 'Rules', gate: 'Gate of the project', withdrawal: 'Deletion', sweep: 'Found by our own check', sample: 'Sample',
};

/** What can be in a job's timeline. */
export const timelineKinds: Record<string, string> = {
  accepted: 'Accepted', queued: 'Queued', starting: 'Starting', start_repeated: 'Started once more', ready: 'Ready', running: 'Running', needs_input: 'Waits for an answer',
  suspended: 'Suspended', agent_not_reachable: 'OpenHands could not be reached', resumed: 'Goes on', conversation_gone: 'The conversation is gone', note_accepted: 'A message was accepted',
  note_passed_on: 'A message was passed on', note_not_passed_on: 'A message could not be passed on', succeeded: 'Succeeded', failed: 'Failed', cancelled: 'Cancelled', agent_stopped: 'OpenHands was stopped',
};

export const traceWords: Record<TraceStep['result'], string> = { yes: 'Yes', no: 'No', info: '', error: 'Error' };
