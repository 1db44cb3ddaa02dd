/** What the settings mean for the rest of the house: the name of the site, and the service account without its token. */
import type { WebhookPaths } from '@openhands-jira/domain';
import type { InstalledAccount } from '../connections/connection.view.js';
import type { InstalledDataCenter } from './jira-data-center.settings.js';

/** Each Jira has an address of its own here; there is no shared one. */
export const WEBHOOK_PATHS: WebhookPaths = { connections: '/integration/jira-dc/connections', shared: null };

/** The site that a base URL means, as connections name it: host and port. The context path is no part of it. */
export function siteOfBaseUrl(baseUrl: string): string {
  return new URL(baseUrl).host;
}

export function installedAccount({ serviceAccountEmail, managedBy }: InstalledDataCenter): InstalledAccount {
  return { email: serviceAccountEmail ?? '', managedBy: managedBy.serviceAccountPat };
}
