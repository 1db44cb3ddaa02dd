/** How old the saved token of a service account is, and when it ends, as one line of the test of a connection. */
import type { HealthCheck } from '@openhands-jira/contracts';
import { tokenReason } from './integration-state.js';

const DAY_MS = 24 * 3_600_000;
const RENEW = 'Create a new token for the service account and save it in place of this one.';

/** From the day on at which the page warns of the end, this fails. `savedAt` is null when that day is not known. */
export function tokenCheck({ savedAt, expiresAt }: { savedAt: Date | null; expiresAt: Date | null }, now: Date): HealthCheck {
  const saved = savedAt === null ? '' : `Saved ${age(savedAt, now)}. `;
  if (expiresAt === null) return { check: 'token_end', result: 'unknown', detail: `${saved}When the token ends is not known.`, hint: 'If it ends on a day, note the day: a token that ended stops all work.', at: null };
  const warning = tokenReason({ tokenExpiresAt: expiresAt, tokenRefused: false }, now, '');
  const detail = warning ? warning.detail.trim() : `It ends on ${expiresAt.toISOString().slice(0, 10)}.`;
  return { check: 'token_end', result: warning ? 'fail' : 'pass', detail: saved + detail, hint: warning ? RENEW : '', at: null };
}

function age(since: Date, now: Date): string {
  const days = Math.floor((now.getTime() - since.getTime()) / DAY_MS);
  if (days < 1) return 'today';
  return days === 1 ? 'yesterday' : `${days} days ago`;
}
