import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Announcer } from './announcer.js';
import { CopyField } from './copy-field.js';

const TEXTS = { copy: 'Copy', copied: 'Copied', failed: 'Copy it by hand' };

function show(): void {
  render(<Announcer><CopyField label="Webhook URL" value="https://example.com/hook" texts={TEXTS} /></Announcer>);
}

describe('a value to copy', () => {
  it('is copied, and says so to everybody', async () => {
    const person = userEvent.setup();
    show();
    await person.click(screen.getByRole('button', { name: 'Copy: Webhook URL' }));
    expect(await navigator.clipboard.readText()).toBe('https://example.com/hook');
    expect(screen.getByRole('status').textContent).toBe('Webhook URL: Copied');
    expect(screen.getByRole('button', { name: 'Copied: Webhook URL' })).toBeTruthy();
  });

  it('says so when the browser does not allow it', async () => {
    const person = userEvent.setup();
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
    show();
    await person.click(screen.getByRole('button', { name: 'Copy: Webhook URL' }));
    expect(screen.getByRole('status').textContent).toBe('Webhook URL: Copy it by hand');
  });
});
