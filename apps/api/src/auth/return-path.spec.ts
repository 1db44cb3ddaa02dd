import fc from 'fast-check';
import { safeReturnPath } from './return-path.js';

describe('where a person goes after signing in', () => {
  it.each([
    '/', '/settings', '/settings/integrations?product=jira-cloud#webhook', '/a/b/c', '/search?q=http://example.org//x', '/100%25', '/caf%C3%A9',
    '/authors', '/a%2Fb', '/a//b', '/?next=%2F%2Fexample.org',
  ])('goes to %s', (path) => {
    expect(safeReturnPath(path)).toBe(path);
  });

  it.each([
    'https://example.org', 'http:example.org', '//example.org', '///example.org', '/\\example.org', '\\\\example.org', '\\/example.org', 'javascript:alert(1)', 'settings', '', ' /settings', '?x', '#x',
    '/\t/example.org', '/\n/example.org', '/%09/example.org', '/%0a//example.org', '/%00', '/settings\u0000', '/a\\b', '/\u2028/x', '/\u0085/x',
    '/%2fexample.org', '/%2Fexample.org', '/%2f%2fexample.org', '/%252fexample.org', '/%25252fexample.org', '/%2525252525252f', '/%5cexample.org', '/%255cexample.org', '/%5C%5Cexample.org',
    '/.//example.org', '/..//example.org', '/x/..//example.org', '/%2e//example.org', '/x/%2e%2e//example.org', '/./\\example.org',
    '/auth/github', '/auth/github?returnTo=/auth/github', `/${'a'.repeat(2000)}`,
  ])('goes home instead of to %j', (path) => {
    expect(safeReturnPath(path)).toBe('/');
  });

  it.each([undefined, null, 7, {}, ['/settings', '//example.org']])('goes home when the wish is %j', (wish) => {
    expect(safeReturnPath(wish)).toBe('/');
  });

  const nasty = fc.array(fc.constantFrom('/', '\\', '.', '..', '%2f', '%5c', '%252f', '%2e', '%09', '\t', '\n', '\r', '@', ':', 'example.org', 'http:', '?', '#', 'a', ' ', '%', '\u0000'), { maxLength: 12 });

  it('never leaves the site, whatever the wish', () => {
    fc.assert(fc.property(nasty, (parts) => {
      const result = safeReturnPath(parts.join(''));
      expect(new URL(result, 'https://service.example.com').origin).toBe('https://service.example.com');
      expect(result).toMatch(/^\/(?![/\\])/);
      expect(result).not.toMatch(/[\u0000-\u001f\\]/);
      expect(safeReturnPath(result)).toBe(result);
    }), { numRuns: 2000 });
  });

  it('never leaves the site when a proxy decodes the path once', () => {
    fc.assert(fc.property(nasty, (parts) => {
      const [path = ''] = safeReturnPath(parts.join('')).split(/[?#]/);
      const decoded = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      expect(decoded).toMatch(/^\/(?![/\\])/);
    }), { numRuns: 2000 });
  });
});
