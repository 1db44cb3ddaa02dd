/** Atlassian's longest lifetime of an API token, in days. */
const LONGEST_DAYS = 365;
const DAY = 24 * 60 * 60_000;

/** The date to propose for a token that was made today, as a date field writes it. */
export function proposedExpiry(now: Date): string {
  return new Date(now.getTime() + LONGEST_DAYS * DAY).toISOString().slice(0, 10);
}

/** A date field's value as the contract wants it: the end of that day, or null when the field is empty. */
export function expiryTime(date: string): string | null {
  return date === '' ? null : `${date}T23:59:59.000Z`;
}
