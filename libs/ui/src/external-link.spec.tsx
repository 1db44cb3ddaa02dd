import { render, screen } from '@testing-library/react';
import { ExternalLink, isWebAddress } from './external-link.js';

describe('an address from a server', () => {
  it.each([['https://example.com/a', true], ['http://localhost:4000/', true], ['javascript:alert(1)', false], ['data:text/html,x', false], ['/relative', false], ['', false]])('%j may be opened: %s', (href, allowed) => expect(isWebAddress(href)).toBe(allowed));

  it('becomes a link that says that it opens a new tab and tells the other site nothing', () => {
    render(<ExternalLink href="https://example.com/a" newTab="opens in a new tab">An issue</ExternalLink>);
    const link = screen.getByRole('link', { name: 'An issue (opens in a new tab)' });
    expect(link.getAttribute('rel')).toBe('noreferrer noopener');
  });

  it('stays text when it would run as a program', () => {
    render(<ExternalLink href="javascript:alert(1)" newTab="opens in a new tab">An issue</ExternalLink>);
    expect(screen.queryByRole('link')).toBeNull();
    expect(screen.getByText('An issue')).toBeTruthy();
  });
});
