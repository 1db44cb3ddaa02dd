/** The part of the catalogue about the tests of a connection. It is loaded with the screens that have one. */
import type { HealthCheck, LoopTest } from '@openhands-jira/contracts';

function duration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export const checkTexts = {
  title: 'Test the connection',
  health: 'Health',
  intro: 'Once a day, and whenever you press Test, the saved values are tried one after the other: reaching Jira, the service account with its rights and the end of its token, and the deliveries that came. Nothing is changed in Jira.',
  lastTested: 'Last tested:',
  neverTested: 'Not tested yet. Active connections are tested within a day.',
  failedOn: (failed: number, days: number) => (failed === days ? `Failed on each of ${days} days, last on` : `Failed on ${failed} of ${days} days, last on`),
  neverFailed: (days: number) => `Did not fail on the last ${days} days of tests.`,
  unsaved: 'You have changes that are not saved. The test uses the saved values.',
  run: 'Test',
  testing: 'Testing. This can take half a minute.',
  results: 'Results of the test',
  callback: 'Callback address',
  callbackHelp: 'People come back here from the consent page. It must be registered there exactly so.',
  otherOrigin: 'You opened this page at another address',
  otherOriginText: (here: string, callback: string) => `You are at ${here}, and the callback leads to ${callback}. Whoever begins here comes back as a stranger, so no link is made. Open ${callback} instead, or have the operator correct the public address of this service.`,
  seeRejected: 'See the rejected calls',
  reasons: 'Most frequent reasons',
  took: (ms: number) => `Took ${duration(ms)}`,
  tookBetween: (shortest: number, longest: number) => `It took between ${duration(shortest)} and ${duration(longest)}.`,
  twoSecrets: 'Two webhook secrets count at the moment',
  notCounted: 'Test, under Health, counts how many deliveries were signed with each of them.',
  diagnostics: 'Diagnostics for a support request',
  diagnosticsText: 'A text file with the version, the state of this connection, the results of the last test, the last seven days in numbers, and the last twenty decisions step by step. Secrets, addresses, names and words of people are not in it. Have a look at it before you pass it on.',
  download: 'Download the diagnostics',
  downloaded: 'The file is in your downloads.',
  names: {
    settings: 'Settings', dns: 'Name', tcp: 'Connection', tls: 'Certificate', version: 'Version', service_account: 'Service account', oauth_client: 'OAuth client',
    site: 'Workspace', token: 'API token', scopes: 'Scopes', permissions: 'Projects and permissions', token_end: 'Age and end of the token',
    last_accepted: 'Last delivery', last_rejected: 'Last rejected call', refusals: 'Share of rejected calls', signing_secret: 'Signing secret', no_job: 'Deliveries and jobs',
    hidden_emails: 'Hidden e-mail addresses', unknown_calls: 'Calls without a connection', oauth_return: 'Return from consent',
  } satisfies Record<HealthCheck['check'], string>,
  words: { pass: 'Passed', fail: 'Failed', unknown: 'Cannot tell' } satisfies Record<HealthCheck['result'], string>,
  summary: (failures: number, unknown: number) => (failures === 0 ? (unknown === 0 ? 'All checks passed.' : 'No check failed.') : failures === 1 ? 'One check failed.' : `${failures} checks failed.`),
};

/** The words of the loop test. */
export const loopTexts = {
  title: 'Do deliveries arrive?',
  intro: 'A comment is written into an issue as the service account, the call of Jira is waited for, and the comment is removed again. It says what it is, and starts no work. People who watch the issue may get a mail from Jira.',
  issue: 'Issue for the test',
  issueHelp: 'For example an issue that was made for tests, like PROJ-123.',
  issueWrong: 'Enter the key of an issue, like PROJ-123.',
  begin: 'Write the comment',
  inIssue: (key: string) => `Test in ${key}`,
  took: (ms: number) => `The call came after ${(ms / 1000).toFixed(1)} s.`,
  open: 'Open the delivery',
  results: {
    waiting: 'The test is under way', arrived: 'Deliveries arrive', turned_away: 'A call came and was turned away', not_arrived: 'No call came', not_written: 'No comment could be written',
  } satisfies Record<LoopTest['result'], string>,
  comments: {
    none: null,
    written: 'The comment is in the issue at the moment.',
    removed: 'The comment was removed again.',
    left: 'The comment may still be in the issue, because it could not be removed. Delete it there. The service account lacks the permission "Delete own comments", or Jira did not answer for half an hour.',
  } satisfies Record<LoopTest['comment'], string | null>,
};
