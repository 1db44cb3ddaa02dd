import { tokenEndMistake } from '@openhands-jira/contracts';
import { expiryTime, proposedExpiry } from './expiry-date.js';
import { generateWebhookSecret } from './webhook-secret.js';

const NOW = new Date('2026-11-22T10:00:00Z');

describe('the expiry date of a token', () => {
  it('is proposed a year from today, the longest that Atlassian allows', () => expect(proposedExpiry(NOW)).toBe('2027-11-22'));

  it('means the end of its day', () => expect(expiryTime('2027-11-22')).toBe('2027-11-22T23:59:59.000Z'));

  it('may be left empty', () => {
    expect(expiryTime('')).toBeNull();
    expect(tokenEndMistake(expiryTime(''), NOW)).toBeNull();
  });

  it.each([['2026-11-21', false], ['2026-11-22', true], ['2027-01-01', true], ['nonsense', false]])('%s is in the future: %s', (date, future) => expect(tokenEndMistake(expiryTime(date), NOW) === null).toBe(future));
});

describe('a generated webhook secret', () => {
  it('has 32 bytes in an alphabet that survives copying', () => expect(generateWebhookSecret()).toMatch(/^[A-Za-z0-9_-]{43}$/));
  it('is never the same twice', () => expect(generateWebhookSecret()).not.toBe(generateWebhookSecret()));
});
