/** Puts what is wrong where it belongs: at its field when there is one, else above the button. */
import type { z } from 'zod';
import type { RequestFailed } from './api.js';

/** Messages by field name. */
export type FieldErrors = Record<string, string>;

/** Checks values against a schema of the contracts: the first message of each field. */
export function checkWith(schema: z.ZodType, values: unknown): FieldErrors {
  const read = schema.safeParse(values);
  if (read.success) return {};
  const errors: FieldErrors = {};
  for (const issue of read.error.issues) errors[String(issue.path[0])] ??= issue.message;
  return errors;
}

/**
 * Splits a failure into messages for the fields of the form and one for the form as a whole. There is exactly one place
 * for each message: when all of them found a field, nothing is left for the form.
 */
export function placeFailure(failure: RequestFailed, fieldNames: readonly string[]): { fields: FieldErrors; form: string | null } {
  const fields: FieldErrors = {};
  for (const { path, message } of failure.fields) {
    const name = path.split('.')[0] ?? '';
    if (fieldNames.includes(name)) fields[name] ??= message;
  }
  const placed = Object.keys(fields).length > 0;
  return { fields, form: placed ? null : failure.message };
}
