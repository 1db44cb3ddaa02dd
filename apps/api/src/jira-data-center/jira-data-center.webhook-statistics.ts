/**
 * Jira's own counters of a webhook, in words. They tell what this side cannot know: that Jira calls and nobody answers, or that it does not
 * call at all. What Jira kept of our answers is not repeated.
 */
import type { WebhookStatistics } from '@openhands-jira/contracts';
import type { CountedCalls } from './jira-data-center.webhook-api.js';

/** @param found the webhook with our address; null when Jira has none */
export function describeStatistics(found: { active: boolean; calls: CountedCalls } | null): WebhookStatistics {
  if (found === null) return { verdict: 'missing', counts: null, lastError: null, ...MISSING };
  const { successes, failures, errors, lastError } = found.calls;
  const seen = { counts: { successes, failures, errors }, lastError: lastError && { at: lastError.at?.toISOString() ?? null, status: lastError.status } };
  const all = successes + failures + errors;
  if (!found.active) return { verdict: 'switched_off', ...seen, ...SWITCHED_OFF };
  if (all === 0) return { verdict: 'none', ...seen, ...NONE };
  if (failures + errors === 0) return { verdict: 'good', ...seen, detail: `Jira made ${all} calls, and all were answered well.`, hint: 'If nothing happens in an issue all the same, Activity tells why.' };
  const detail = `Jira made ${all} calls: ${successes} were answered well, ${failures} with an error, and ${errors} not at all.`;
  return { verdict: 'failing', ...seen, detail, hint: errors >= failures ? NO_ANSWER : cureOf(lastError?.status ?? null) };
}

const MISSING = { detail: 'Jira has no webhook with the address of this connection.', hint: 'Set the webhook up again.' };
const SWITCHED_OFF = { detail: 'The webhook is switched off in Jira.', hint: 'Enable it in Jira under System > WebHooks, or install it again here.' };
const NONE = {
  detail: 'Jira made no call in the time that it counts.',
  hint: 'Write a comment in any issue. If there is still none, look in Jira whether the webhook has the event and whether a filter leaves the project out.',
};
const NO_ANSWER = 'Jira got no answer: it cannot reach this service, or does not trust its certificate. Check the address, the firewall and the proxy between Jira and this service.';

function cureOf(status: number | null): string {
  if (status === 403) return 'The last answer was 403: the secret in Jira is another one than here. Install the webhook again, or enter the secret anew.';
  if (status === 413) return 'The last answer was 413: a proxy in front of this service takes no bodies of this size. Let it take 25 MB.';
  if (status !== null && status >= 500) return `The last answer was ${status}: this service, or the proxy in front of it, was not ready. If that goes on, look into its log.`;
  if (status !== null && status >= 300 && status < 400) return `The last answer was ${status}: something in front of this service sends Jira elsewhere. Let the path /integration/ through as it is.`;
  return `The last answer was ${status ?? 'not told'}. Look into Activity for calls that were turned away, and at the proxy in front of this service.`;
}
