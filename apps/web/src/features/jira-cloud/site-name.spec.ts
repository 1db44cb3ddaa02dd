import fc from 'fast-check';
import { readSiteName, siteOf } from './site-name.js';

describe('the name of a workspace', () => {
  it.each([
    ['https://acme.atlassian.net/browse/OH-55', 'acme.atlassian.net'],
    ['http://acme.atlassian.net', 'acme.atlassian.net'],
    ['acme.atlassian.net', 'acme.atlassian.net'],
    ['acme.atlassian.net/', 'acme.atlassian.net'],
    ['  ACME.Atlassian.NET ', 'acme.atlassian.net'],
    ['all-hands', 'all-hands.atlassian.net'],
  ])('understands %j as %s', (typed, host) => expect(readSiteName(typed)).toEqual({ kind: 'site', host }));

  it.each([['jira.example.com', 'jira.example.com'], ['https://jira.example.com/browse/X-1', 'jira.example.com'], ['atlassian.net', 'atlassian.net'], ['two words', 'two words']])('says that %j is unusual', (typed, host) =>
    expect(readSiteName(typed)).toEqual({ kind: 'unusual', host }));

  it('waits while nothing is typed', () => expect(readSiteName('   ')).toEqual({ kind: 'empty' }));

  it('understands its own reading again', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/), (name) => siteOf(siteOf(name)) === siteOf(name)));
  });
});
