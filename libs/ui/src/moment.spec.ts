import { relativeTime } from './moment.js';

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
