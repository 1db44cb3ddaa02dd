/** What the settings mean for the rest of the house: the name of the site, and the service account without its token. */
import type { WebhookPaths } from '@openhands-jira/domain';
import type { InstalledAccount } from '../connections/connection.view.js';
import type { InstalledDataCenter } from './jira-data-center.settings.js';

/** Each Jira has an address of its own here; there is no shared one. */
export const WEBHOOK_PATHS: WebhookPaths = { connections: '/integration/jira-dc/connections', shared: null };

/** Where people come back to from Jira's consent page. */
export const CALLBACK_PATH = '/integration/jira-dc/callback';

/**
 * The site that a base URL means, as connections name it: host, port and context path. Two Jiras may share a host, and a key such as
 * `JIRAUSER10100` is another person in each.
 */
export function siteOfBaseUrl(baseUrl: string): string {
  const { host, pathname } = new URL(baseUrl);
  return host + pathname.replace(/\/+$/, '');
}

export function installedAccount({ serviceAccountEmail, managedBy }: InstalledDataCenter): InstalledAccount {
  return { email: serviceAccountEmail ?? '', managedBy: managedBy.serviceAccountPat };
}
