/**
 * Texts of people and agents on their way into the database. PostgreSQL refuses the character U+0000 in every text and
 * lone surrogates in JSON, and one such character in an agent's last words must not cost the whole result.
 */

/** The text without characters that the database refuses. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** Longest name or id that we keep. Jira's own are far shorter, and an index entry holds at most 2,704 bytes. */
const LONGEST_NAME = 255;

/** An id or a name of a payload, as it can be stored and indexed; null stays null. */
export function storableName<T extends string | null>(text: T): T {
  return (text === null ? null : storableText(text.slice(0, LONGEST_NAME))) as T;
}

/** Characters that PostgreSQL refuses are written by `JSON.stringify` with this, and so are a few harmless ones. */
const ESCAPE = '\\u';

/** A value as JSON that a `jsonb` column takes. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // Looking at each string takes longer than writing all of them, and hardly ever finds something.
  if (!json?.includes(ESCAPE)) return json;
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? storableText(inner) : inner));
}
