/** The part of the catalogue about the tests of a connection. It is loaded with the screens that have one. */
import type { HealthCheck } from '@openhands-jira/contracts';

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
  seeRejected: 'See the rejected calls',
  reasons: 'Most frequent reasons',
  took: (ms: number) => (ms < 1000 ? `Took ${ms} ms` : `Took ${(ms / 1000).toFixed(1)} s`),
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
