import { jest } from '@jest/globals';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { Button } from './button.js';
import { Section } from './section.js';

describe('a button', () => {
  it('keeps the focus while it works, and does nothing when it is pressed again', async () => {
    const onClick = jest.fn();
    const { rerender } = render(<Button onClick={onClick}>Save</Button>);
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    rerender(<Button loading onClick={onClick}>Save</Button>);
    const button = screen.getByRole('button', { name: 'Save' });
    expect(document.activeElement).toBe(button);
    expect(button.getAttribute('aria-disabled')).toBe('true');
    await userEvent.keyboard('{Enter}');
    expect(onClick).toHaveBeenCalledTimes(1);
  });

  it('sends its form once, also when Enter is pressed in a field while it works', async () => {
    const onSubmit = jest.fn();
    render(<form onSubmit={onSubmit}><input aria-label="Name" /><Button type="submit" loading>Save</Button></form>);
    await userEvent.type(screen.getByLabelText('Name'), 'acme{Enter}');
    expect(onSubmit).not.toHaveBeenCalled();
  });

  it('hands the focus to its part of the page when it is gone', async () => {
    jest.useFakeTimers();
    render(<Section title="Links"><Once /></Section>);
    const button = screen.getByRole('button', { name: 'More' });
    button.focus();
    act(() => button.click());
    expect(screen.queryByRole('button')).toBeNull();
    jest.runAllTimers();
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'Links' }));
    jest.useRealTimers();
  });
});

function Once() {
  const [isThere, setThere] = useState(true);
  return isThere && <Button onClick={() => setThere(false)}>More</Button>;
}
