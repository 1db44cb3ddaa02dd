/**
 * Reads the JSON of a delivery. It comes from strangers, and JSON may be nested as deep as it is long: a million levels keep V8 busy
 * for a quarter of a second, and what is nested ten thousand times can be read but never written again. No Jira nests like that.
 */

/** Documents in comments, the deepest that Jira sends, have some ten levels. */
const MOST_LEVELS = 1000;
/** A shorter body cannot be nested so deep that reading it takes long, so it need not be looked through first. */
const HARMLESS_BYTES = 64 * 1024;

/** The bytes that matter: `"`, `\`, `{`, `[`, `}` and `]`. */
const [QUOTE, BACKSLASH, OBJECT, LIST, OBJECT_END, LIST_END] = [0x22, 0x5c, 0x7b, 0x5b, 0x7d, 0x5d];

/** The object in the bytes; null when they are anything else, or nested too deep to be read quickly. */
export function readPayload(bytes: Buffer): Record<string, unknown> | null {
  if (bytes.length > HARMLESS_BYTES && isTooDeep(bytes)) return null;
  try {
    const payload: unknown = JSON.parse(bytes.toString('utf8'));
    return payload !== null && typeof payload === 'object' && !Array.isArray(payload) ? (payload as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** True when a JSON text has more levels than can be written again. Whether it is JSON at all is not looked at. */
export function isTooDeep(bytes: Buffer): boolean {
  let level = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if (byte === OBJECT || byte === LIST) level += 1;
    else if (byte === OBJECT_END || byte === LIST_END) level -= 1;
    if (level > MOST_LEVELS) return true;
  }
  return false;
}

/** Where the text that begins here ends: at the next quote that no backslash takes its meaning from. */
function endOfText(bytes: Buffer, start: number): number {
  let end = bytes.indexOf(QUOTE, start + 1);
  while (end >= 0 && isEscaped(bytes, end)) end = bytes.indexOf(QUOTE, end + 1);
  return end < 0 ? bytes.length : end;
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let before = at - 1;
  while (bytes[before] === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}
