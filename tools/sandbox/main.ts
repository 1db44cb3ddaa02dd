/** `npm run sandbox`: the stand-ins on ports 4000 to 4005, until Ctrl+C. `SANDBOX_PORT` and `SANDBOX_SITE` change the port and the site. */
import { ACCOUNTS, CREDENTIALS } from './seed.ts';
import { startSandbox } from './sandbox.ts';

const port = Number(process.env['SANDBOX_PORT'] ?? 4000);
const site = process.env['SANDBOX_SITE'] ?? 'acme.atlassian.net';
const sandbox = await startSandbox({ port, site, webhookRetryDelayMs: 30_000 }).catch((error: unknown) => {
  console.error(`The sandbox could not start: ${error instanceof Error ? error.message : String(error)}. It needs the ports ${String(port)} to ${String(port + 5)}; SANDBOX_PORT moves them.`);
  process.exit(1);
});
const environment = Object.entries(sandbox.environment()).map(([name, value]) => `${name}=${value}`);

console.log(`Sandbox: nothing here is real.

  Issues, comments, webhooks   ${sandbox.urls.page}
  GitHub                       ${sandbox.urls.github}
  GitLab                       ${sandbox.urls.gitlab}
  Bitbucket Cloud              ${sandbox.urls.bitbucket}
  Bitbucket Data Center        ${sandbox.urls.bitbucketDataCenter}
  OpenHands                    ${sandbox.urls.openhands}

Start the product with this environment:

${environment.join('\n')}

Workspace ${sandbox.jira.host}, service account ${CREDENTIALS.serviceAccountEmail}, its token ${CREDENTIALS.serviceAccountToken}.
People: ${Object.keys(ACCOUNTS).join(', ')}. Register the webhook at ${sandbox.urls.page}webhooks. Stop with Ctrl+C.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void sandbox.close().then(() => process.exit(0));
  });
}
