import fc from 'fast-check';
import { readSite } from './jira-cloud.site.js';

const suffixes = ['atlassian.net'];

describe('The workspace name', () => {
  it.each([
    'acme', 'ACME', ' acme ', 'acme.atlassian.net', 'Acme.Atlassian.NET', 'acme.atlassian.net.', 'acme.atlassian.net/', 'https://acme.atlassian.net',
    'https://acme.atlassian.net/browse/OH-55?x=1#y', 'HTTP://acme.atlassian.net/jira',
  ])('may be written as "%s"', (input) => {
    expect(readSite(input, suffixes)).toEqual({ ok: true, site: 'acme.atlassian.net' });
  });

  it.each([
    ['', 'Enter the workspace name'], ['a b', 'Enter the workspace name'], ['jira.acme.com', 'jira.acme.com is not an atlassian.net name'],
    ['acme.atlassian.net.evil.com', 'is not an atlassian.net name'], ['evil-atlassian.net', 'is not an atlassian.net name'], ['a.b.atlassian.net', 'is not'],
    ['-acme.atlassian.net', 'is not'], ['atlassian.net', 'is not'], ['https://acme.atlassian.net:8443', 'Enter'], ['https://me@acme.atlassian.net', 'Enter'],
    ['127.0.0.1', 'is not'], ['https://[::1]/', 'Enter'], ['acme_x.atlassian.net', 'is not'], [`${'a'.repeat(64)}.atlassian.net`, 'is not'],
  ])('may not be "%s"', (input, words) => {
    const reading = readSite(input, suffixes);
    expect(reading.ok).toBe(false);
    expect(!reading.ok && reading.message).toContain(words);
  });

  it('may end in another suffix that the operator allows', () => {
    expect(readSite('acme.jira.com', ['atlassian.net', 'jira.com'])).toEqual({ ok: true, site: 'acme.jira.com' });
  });

  it('never leads to a host outside the suffixes, whatever is typed', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.string().map((s) => `${s}.atlassian.net`)), (input) => {
      const reading = readSite(input, suffixes);
      if (reading.ok) expect(new URL(`https://${reading.site}/`).hostname).toMatch(/^[a-z0-9-]{1,63}\.atlassian\.net$/);
    }));
  });
});
