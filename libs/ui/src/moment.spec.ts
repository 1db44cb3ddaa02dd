import { relativeDay, relativeTime } from './moment.js';

const NOW = new Date('2026-11-22T12:00:00Z');

describe('how long ago something was', () => {
  it.each([
    ['2026-11-22T12:00:00Z', 'just now'],
    ['2026-11-22T11:59:31Z', 'just now'],
    ['2026-11-22T11:57:00Z', '3 minutes ago'],
    ['2026-11-22T10:00:00Z', '2 hours ago'],
    ['2026-11-21T12:00:00Z', 'yesterday'],
    ['2026-12-02T12:00:00Z', 'in 10 days'],
  ])('%s is %s', (at, words) => expect(relativeTime(new Date(at), NOW, 'just now', 'en')).toBe(words));
});

describe('how far away a day is', () => {
  it.each([['2026-11-22T23:59:59Z', 'today'], ['2026-11-23T00:00:00Z', 'tomorrow'], ['2027-11-22T23:59:59Z', 'in 365 days'], ['2026-11-20T23:59:59Z', '2 days ago']])('%s is %s', (at, words) =>
    expect(relativeDay(new Date(at), NOW, 'en')).toBe(words));
});
