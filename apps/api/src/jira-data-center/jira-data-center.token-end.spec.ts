import { endOfToken } from './jira-data-center.token-end.js';

it.each<[string, object[], string | null, string | null]>([
  ['the only one', [{ name: 'A', expiringAt: '2027-01-31T10:00:00.000+0000' }], null, '2027-01-31T10:00:00.000Z'],
  ['the one with the name', [{ name: 'A', expiringAt: '2027-01-31T10:00:00.000+0000' }, { name: 'B', expiringAt: '2027-02-28T10:00:00.000+0000' }], 'B', '2027-02-28T10:00:00.000Z'],
  ['nobody knows which of several', [{ name: 'A', expiringAt: '2027-01-31T10:00:00.000+0000' }, { name: 'B', expiringAt: '2027-02-28T10:00:00.000+0000' }], null, null],
  ['none with the name', [{ name: 'A', expiringAt: '2027-01-31T10:00:00.000+0000' }], 'a', null],
  ['one that never ends', [{ name: 'A', expiringAt: null }], null, null],
  ['an end that cannot be read', [{ name: 'A', expiringAt: 'soon' }], null, null],
])('The end of the token of the service account is that of %s', (_, tokens, name, end) => {
  expect(endOfToken(tokens as Parameters<typeof endOfToken>[0], name)?.toISOString() ?? null).toBe(end);
});
