import type { HealthCheck } from '@openhands-jira/contracts';
import { tokenCheck } from './token-check.js';

describe('The token of a service account, as a check', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const inDays = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

  it.each<[string, Date | null, Date | null, HealthCheck['result'], RegExp]>([
    ['has time', inDays(-40), inDays(300), 'pass', /^Saved 40 days ago\. It ends on 2027-09-18\.$/],
    ['was saved today', inDays(0), inDays(300), 'pass', /^Saved today\./],
    ['ends soon', inDays(-1), inDays(5), 'fail', /^Saved yesterday\. .*expires in 5 days\. After that/],
    ['has ended', null, inDays(-1), 'fail', /^The token of the service account has expired/],
    ['has an end that nobody knows', inDays(-40), null, 'unknown', /not known/],
  ])('%s', (_, savedAt, expiresAt, result, words) => {
    const check = tokenCheck({ savedAt, expiresAt }, now);
    expect(check).toMatchObject({ result, detail: expect.stringMatching(words) });
    expect(check.hint === '').toBe(result === 'pass');
  });
});
