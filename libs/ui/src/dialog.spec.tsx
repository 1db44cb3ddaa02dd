import { jest } from '@jest/globals';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Dialog } from './dialog.js';

const closing = { question: 'Close without finishing?', text: 'It is not saved.', keep: 'Keep typing', close: 'Close' };

function open(asksAlways = false): jest.Mock {
  const onClose = jest.fn();
  render(<Dialog title="Remove it?" closing={closing} asksAlways={asksAlways} onClose={onClose}><input aria-label="Name" /><input aria-label="Shown" readOnly value="a secret" /></Dialog>);
  return onClose;
}

beforeAll(() => {
  // jsdom knows the element but cannot open it.
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) { this.open = true; };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) { this.open = false; };
});

describe('a dialog', () => {
  it('closes with Escape while nothing was typed', async () => {
    const onClose = open();
    await userEvent.click(screen.getByLabelText('Name'));
    await userEvent.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('asks first when something was typed, and gives it back', async () => {
    const onClose = open();
    await userEvent.type(screen.getByLabelText('Name'), 'acme');
    await userEvent.keyboard('{Escape}');
    expect(screen.getByRole('alert').textContent).toContain('Close without finishing?');
    expect(document.activeElement?.textContent).toBe('Keep typing');
    await userEvent.keyboard('{Escape}');
    expect(onClose).not.toHaveBeenCalled();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(document.activeElement).toBe(screen.getByLabelText('Name'));
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('acme');
  });

  it('closes when the question is answered so', async () => {
    const onClose = open();
    await userEvent.type(screen.getByLabelText('Name'), 'acme');
    await userEvent.keyboard('{Escape}');
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('asks also without a typed word when what it shows cannot be seen again', async () => {
    const onClose = open(true);
    await userEvent.click(screen.getByLabelText('Shown'));
    await userEvent.keyboard('{Escape}');
    expect(screen.getByRole('alert').textContent).toContain('Close without finishing?');
    expect(onClose).not.toHaveBeenCalled();
  });
});
