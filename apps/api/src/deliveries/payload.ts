/**
 * Reads the JSON of a delivery. It comes from strangers, and JSON may be nested as deep as it is long: a million levels keep V8 busy
 * for a quarter of a second, and what is nested ten thousand times can be read but never written again. Eight million empty lists in 25 MB
 * keep it busy for two seconds, before the signature is even looked at where the body itself names the site. No Jira sends either.
 */
import { SLICE_BYTES, slicesOf } from '@openhands-jira/domain';

/** Documents in comments, the deepest that Jira sends, have some ten levels. */
const MOST_LEVELS = 1000;
/** Commas and opening brackets. The largest of the recorded deliveries has some thousand; so many are read in about a tenth of a second. */
const MOST_VALUES = 500_000;
/** A shorter body cannot be nested so deep that reading it takes long, so it need not be looked through first. */
const HARMLESS_BYTES = 64 * 1024;

/** The bytes that matter: `"`, `\`, `{`, `[`, `}`, `]` and `,`. */
const [QUOTE, BACKSLASH, OBJECT, LIST, OBJECT_END, LIST_END, COMMA] = [0x22, 0x5c, 0x7b, 0x5b, 0x7d, 0x5d, 0x2c];

/** The object in the bytes; null when they are anything else, or cannot be read quickly. */
export function readPayload(bytes: Buffer): Record<string, unknown> | null {
  return bytes.length > HARMLESS_BYTES && isTooMuch(bytes) ? null : parsed(bytes);
}

/** The same for bytes that strangers may send by the megabyte: others are answered while they are looked through. */
export async function readPayloadInSlices(bytes: Buffer): Promise<Record<string, unknown> | null> {
  if (bytes.length <= SLICE_BYTES) return readPayload(bytes);
  const size = new Size();
  for await (const slice of slicesOf(bytes)) {
    if (size.isTooMuchAfter(slice)) return null;
  }
  return parsed(bytes);
}

/** True when a JSON text has more levels than can be written again, or more values than can be read quickly. Whether it is JSON at all is not looked at. */
export function isTooMuch(bytes: Buffer, mostValues = MOST_VALUES): boolean {
  return new Size(mostValues).isTooMuchAfter(bytes);
}

function parsed(bytes: Buffer): Record<string, unknown> | null {
  try {
    const payload: unknown = JSON.parse(bytes.toString('utf8'));
    return payload !== null && typeof payload === 'object' && !Array.isArray(payload) ? (payload as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** How deep a JSON text is nested and how many values it has, as far as it was read. Each byte is looked at once, so all texts of one length take about the same time. */
class Size {
  private level = 0;
  private values = 0;
  private isInText = false;
  /** Bytes to pass over at the beginning of the next slice: one when a backslash took its meaning from it. */
  private skipped = 0;

  constructor(private readonly mostValues = MOST_VALUES) {}

  /** Reads on; true once there were too many levels or values. */
  isTooMuchAfter(slice: Uint8Array): boolean {
    let { level, values, isInText, skipped: at } = this;
    for (; at < slice.length; at += 1) {
      const byte = slice[at]!;
      if (byte === QUOTE) isInText = !isInText;
      else if (isInText) at += byte === BACKSLASH ? 1 : 0;
      else if (byte === OBJECT_END || byte === LIST_END) level -= 1;
      else if (byte === COMMA) values += 1;
      else if (byte === OBJECT || byte === LIST) {
        level += 1;
        values += 1;
      }
      if (level > MOST_LEVELS || values > this.mostValues) return true;
    }
    Object.assign(this, { level, values, isInText, skipped: at - slice.length });
    return false;
  }
}
