/** The service account of a site that serves the whole installation: part of the installation's settings, not of a connection. */
import type { InstalledDataCenter } from './data-center-settings.service.js';

/** What people see of it. */
export interface InstalledAccount {
  email: string;
  managedBy: 'app' | 'environment';
}

/** The site that a base URL means, as connections name it: host and port. The context path is no part of it. */
export function siteOfBaseUrl(baseUrl: string): string {
  return new URL(baseUrl).host;
}

export function installedAccount({ serviceAccountEmail, managedBy }: InstalledDataCenter): InstalledAccount {
  return { email: serviceAccountEmail ?? '', managedBy: managedBy.serviceAccountPat };
}
