import fc from 'fast-check';
import { normaliseSiteName } from './site-name.js';

describe('the name of a Cloud site', () => {
  it.each([
    ['acme'],
    ['acme.atlassian.net'],
    ['ACME.Atlassian.NET'],
    ['  https://acme.atlassian.net/  '],
    ['https://acme.atlassian.net/browse/SHOP-12?focusedId=1#comment'],
    ['http://acme.atlassian.net:443'],
    ['acme.atlassian.net.'],
    ['https://somebody@acme.atlassian.net/jira'],
  ])('is understood from %j', (input) => {
    expect(normaliseSiteName(input)).toEqual({ ok: true, host: 'acme.atlassian.net' });
  });

  it.each([
    ['', 'Enter the name of your Jira site'],
    ['https://', 'Enter the name of your Jira site'],
    ['jira.company.com', 'custom domain'],
    ['https://acme.atlassian.net@evil.example/', 'custom domain'],
    [String.raw`https://evil.example\.atlassian.net`, 'custom domain'],
    ['acme.atlassian.net.evil.example', 'custom domain'],
    ['evilatlassian.net', 'custom domain'],
    ['a.b.atlassian.net', 'is not the name of a Jira site'],
    ['api.atlassian.net', 'is not the name of a Jira site'],
    ['-acme.atlassian.net', 'is not the name of a Jira site'],
    ['ac_me', 'is not a host name'],
    ['acmé', 'is not a host name'],
    ['our site', 'is not a host name'],
  ])('is not taken from %j, and the message says what to write', (input, words) => {
    const name = normaliseSiteName(input);
    expect(name.ok ? name.host : name.message).toContain(words);
  });

  it('may end in the suffixes that the operator configured', () => {
    expect(normaliseSiteName('acme.jira-dev.com', ['atlassian.net', 'jira-dev.com'])).toEqual({ ok: true, host: 'acme.jira-dev.com' });
    expect(normaliseSiteName('acme.jira-dev.com').ok).toBe(false);
  });

  it('is one label and a configured suffix, whatever is typed, and stays the same when read again', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.domain(), fc.domain().map((host) => `${host}.atlassian.net`)), (input) => {
      const name = normaliseSiteName(input);
      if (!name.ok) return;
      expect(name.host).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.atlassian\.net$/);
      expect(normaliseSiteName(name.host)).toEqual(name);
    }));
  });
});
