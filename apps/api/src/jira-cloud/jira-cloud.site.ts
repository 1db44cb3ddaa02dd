/**
 * The name of a Jira Cloud site, as people write it, and the rule which hosts may be called.
 *
 * The host that a person types becomes a host that this server calls, so it must be one of Atlassian's: an exact host name
 * below one of the configured suffixes, without port, user or path.
 */

/** A host, or the sentence that says what is wrong with the input. */
export type SiteReading = { ok: true; site: string } | { ok: false; message: string };

/**
 * Reads `https://acme.atlassian.net/browse/X-1`, `acme.atlassian.net` or `acme`, in any letter case.
 * @param suffixes host endings that may be connected; the first completes a bare name
 */
export function readSite(input: string, suffixes: string[]): SiteReading {
  const [first = 'atlassian.net'] = suffixes;
  const host = hostOf(input.trim());
  const site = host !== null && /^[a-z0-9-]+$/.test(host) ? `${host}.${first}` : host;
  if (site !== null && suffixes.some((suffix) => isSiteBelow(site, suffix))) return { ok: true, site };
  if (site !== null && site.includes('.')) {
    return { ok: false, message: `${site} is not an ${first} name. A domain of your own works only in the browser; enter the name that ends in .${first}, for example yourcompany.${first}.` };
  }
  return { ok: false, message: `Enter the workspace name, for example yourcompany.${first}.` };
}

/** The host in an address or a bare host, lower case, without a trailing dot; null when there is none. */
function hostOf(text: string): string | null {
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (text === '' || /\s/.test(text) || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.port !== '' || url.username !== '' || url.password !== '') return null;
  return url.hostname.replace(/\.$/, '') || null;
}

/** One label of letters, digits and inner dashes directly below the suffix. */
function isSiteBelow(host: string, suffix: string): boolean {
  if (!host.endsWith(`.${suffix}`)) return false;
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(host.slice(0, -suffix.length - 1));
}
