/**
 * Which addresses may stand behind a link.
 *
 * Agent text is written by a machine that reads what strangers wrote. A link in it may lead to a web page or open a
 * mail, nothing else: no `javascript:`, no `data:`, no path that means another place on the Jira site.
 */

/** Longer addresses are attacks or accidents; the text of the link stays. */
const MAX_LENGTH = 2000;

/** Scheme, user info (dropped), host with port, rest. Blanks and control characters never pass. */
const WEB = /^(https?:)\/\/(?:[^/?#@\s]*@)?([\p{L}\p{N}._~%-]+|\[[0-9a-f:.]+\])(:\d{1,5})?([/?#]\S*)?$/iu;
const MAIL = /^mailto:([^\s@<>?,;:]+@[\p{L}\p{N}.-]+)(?:\?.*)?$/iu;

/** The address without user name and password (a mail address without its prepared text), or null when not allowed. */
export function safeAddress(href: string): string | null {
  if (href.length > MAX_LENGTH) return null;
  const mail = MAIL.exec(href)?.[1];
  if (mail !== undefined) return `mailto:${mail}`;
  const [, scheme, host, port = '', rest = ''] = WEB.exec(href) ?? [];
  if (scheme === undefined || host === undefined) return null;
  return `${scheme.toLowerCase()}//${host}${port}${encoded(rest)}`;
}

/** Characters that no address may hold as they are; agents write them nevertheless. */
function encoded(rest: string): string {
  return rest.replace(/["<>\\^`{|}]/g, (character) => encodeURIComponent(character));
}
