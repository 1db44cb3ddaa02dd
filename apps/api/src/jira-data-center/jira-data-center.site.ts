/** What the settings mean for the rest of the house: the name of the site, and the service account without its token. */
import type { InstalledAccount } from '../connections/connection.view.js';
import type { InstalledDataCenter } from './jira-data-center.settings.js';

/** The site that a base URL means, as connections name it: host and port. The context path is no part of it. */
export function siteOfBaseUrl(baseUrl: string): string {
  return new URL(baseUrl).host;
}

export function installedAccount({ serviceAccountEmail, managedBy }: InstalledDataCenter): InstalledAccount {
  return { email: serviceAccountEmail ?? '', managedBy: managedBy.serviceAccountPat };
}
