/**
 * `npm run sandbox`: the stand-ins on ports 4000 to 4006, until Ctrl+C. `SANDBOX_PORT` and `SANDBOX_SITE` change the port and the site;
 * `SANDBOX_JIRA_DC_PATH`, `SANDBOX_JIRA_DC_VERSION` and `SANDBOX_JIRA_DC_CERTIFICATE` say how Jira Data Center is set up.
 */
import { isCertificateName } from './jira-data-center/certificates.ts';
import { ACCOUNTS, CREDENTIALS } from './seed.ts';
import { startSandbox } from './sandbox.ts';

const port = Number(process.env['SANDBOX_PORT'] ?? 4000);
const site = process.env['SANDBOX_SITE'] ?? 'acme.atlassian.net';
const certificate = process.env['SANDBOX_JIRA_DC_CERTIFICATE'] ?? null;
if (certificate !== null && !isCertificateName(certificate)) {
  console.error('SANDBOX_JIRA_DC_CERTIFICATE is valid, expired or wrong-host, or absent for plain HTTP.');
  process.exit(1);
}
const jiraDataCenter = {
  contextPath: process.env['SANDBOX_JIRA_DC_PATH'] ?? '',
  version: process.env['SANDBOX_JIRA_DC_VERSION'] ?? '10.3.24',
  certificate,
};
const sandbox = await startSandbox({ port, site, jiraDataCenter, webhookRetryDelayMs: 30_000 }).catch((error: unknown) => {
  console.error(`The sandbox could not start: ${error instanceof Error ? error.message : String(error)}. It needs the ports ${String(port)} to ${String(port + 6)}; SANDBOX_PORT moves them.`);
  process.exit(1);
});
const lines = (variables: Record<string, string>): string => Object.entries(variables).map(([name, value]) => `${name}=${value}`).join('\n');

console.log(`Sandbox: nothing here is real.

  Issues, comments, webhooks   ${sandbox.urls.page}
  GitHub                       ${sandbox.urls.github}
  GitLab                       ${sandbox.urls.gitlab}
  Bitbucket Cloud              ${sandbox.urls.bitbucket}
  Bitbucket Data Center        ${sandbox.urls.bitbucketDataCenter}
  OpenHands                    ${sandbox.urls.openhands}
  Jira Data Center             ${sandbox.urls.jiraDataCenter}/

Start the product with this environment:

${lines(sandbox.environment())}

and, for Jira Data Center, this on top:

${lines(sandbox.dataCenterEnvironment())}

Workspace ${sandbox.jira.host}, service account ${CREDENTIALS.serviceAccountEmail}, its token ${CREDENTIALS.serviceAccountToken}.
Personal access token of the administrator of Jira Data Center: ${CREDENTIALS.dataCenterAdminPat}.
People: ${Object.keys(ACCOUNTS).join(', ')}. Register the webhook at ${sandbox.urls.page}webhooks. Stop with Ctrl+C.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void sandbox.close().then(() => process.exit(0));
  });
}
