/**
 * The name of a Jira Cloud site, however people write it: `acme`, `acme.atlassian.net`, or an address copied from the
 * browser. Everything later uses one form, the host in lower case.
 *
 * Only hosts of Atlassian are accepted, by the suffixes that the operator configured. A custom domain
 * (`jira.company.com`) serves browsers only: REST and OAuth need the site's own name.
 */

export type SiteName = { ok: true; host: string } | { ok: false; message: string };

/** The suffix of Cloud sites, unless the operator configures others. */
export const CLOUD_SITE_SUFFIXES: readonly string[] = ['atlassian.net'];

/** Parts of Atlassian's own service that are no sites. */
const NOT_SITES = ['api', 'auth', 'id', 'www', 'start', 'home', 'admin'];

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Gives the site's host, or a sentence about what to write instead. */
export function normaliseSiteName(input: string, suffixes: readonly string[] = CLOUD_SITE_SUFFIXES): SiteName {
  const example = `acme.${suffixes[0] ?? CLOUD_SITE_SUFFIXES[0]}`;
  const written = hostOf(input.trim());
  if (written === '') return { ok: false, message: `Enter the name of your Jira site, for example ${example}.` };
  const host = LABEL.test(written) ? `${written}.${suffixes[0] ?? ''}` : written;
  const suffix = suffixes.find((one) => host.endsWith(`.${one.toLowerCase()}`));
  if (!suffix) return { ok: false, message: noSiteMessage(written, suffixes, example) };
  const label = host.slice(0, -suffix.length - 1);
  if (!LABEL.test(label) || NOT_SITES.includes(label)) return { ok: false, message: `"${shown(host)}" is not the name of a Jira site. A site is written like ${example}.` };
  return { ok: true, host };
}

/** The host part of an address or a host, in lower case; '' when there is none. */
function hostOf(text: string): string {
  const withoutScheme = text.replace(/^[a-z][a-z0-9+.-]{0,15}:\/\//i, '');
  const authority = /^[^/?#\\]*/.exec(withoutScheme)![0];
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  return host.toLowerCase().replace(/\.$/, '');
}

function noSiteMessage(host: string, suffixes: readonly string[], example: string): string {
  if (!host.split('.').every((label) => LABEL.test(label))) return `"${shown(host)}" is not a host name. Enter the site as ${example}, or paste its address from the browser.`;
  const endings = suffixes.map((suffix) => `.${suffix}`).join(' or ');
  return `"${shown(host)}" does not end in ${endings}. If this is a custom domain, enter the site's own name instead, such as ${example}: Jira's interfaces answer only there. An administrator finds it at admin.atlassian.com.`;
}

function shown(host: string): string {
  return host.slice(0, 100);
}
