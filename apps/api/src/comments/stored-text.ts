/**
 * Texts of people and agents on their way into the database. PostgreSQL refuses the character U+0000 in every text and
 * lone surrogates in JSON, and one such character in an agent's last words must not cost the whole result.
 */

/** The text without characters that the database refuses. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** A value as JSON that a `jsonb` column takes. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? storableText(inner) : inner));
}
