/**
 * What a person means with the name of a Jira Cloud workspace. People paste the address of an issue, the host, or only the
 * first word of it; this shows them what was understood. The server decides which hosts may be connected.
 */
const CLOUD_SUFFIX = 'atlassian.net';

export type SiteReading =
  | { kind: 'empty' }
  /** A Jira Cloud host, written out. */
  | { kind: 'site'; host: string }
  /** A host that does not look like Jira Cloud, for example a company's own domain. */
  | { kind: 'unusual'; host: string };

/** Reads `https://acme.atlassian.net/browse/X-1`, `acme.atlassian.net` or `acme`, in any letter case. */
export function readSiteName(typed: string): SiteReading {
  const text = typed.trim();
  if (text === '') return { kind: 'empty' };
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (/\s/.test(text) || !URL.canParse(address)) return { kind: 'unusual', host: text };
  const host = new URL(address).hostname.replace(/\.$/, '');
  if (/^[a-z0-9-]+$/.test(host)) return { kind: 'site', host: `${host}.${CLOUD_SUFFIX}` };
  return host.endsWith(`.${CLOUD_SUFFIX}`) ? { kind: 'site', host } : { kind: 'unusual', host };
}

/** The host as understood, or the text as typed when nothing could be understood. */
export function siteOf(typed: string): string {
  const read = readSiteName(typed);
  return read.kind === 'empty' ? '' : read.host;
}
