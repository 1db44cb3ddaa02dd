import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { Button } from './button.js';
import { Notice } from './notice.js';

/** What is asked before something in a dialog is lost. */
export interface ClosingTexts {
  question: string;
  text: string;
  /** The way back into the dialog. */
  keep: string;
  close: string;
}

export interface DialogProps {
  title: string;
  children: ReactNode;
  closing: ClosingTexts;
  /** True when something shown here cannot be seen again: then Escape asks even if nothing was typed. */
  asksAlways?: boolean;
  /** Escape, or the browser's own way to close, after the question if there was one. */
  onClose: () => void;
}

/**
 * A modal dialog. The browser's own element brings the focus trap, the inert background, and the return of the focus to where
 * it was. Escape closes it; when something was typed it asks first. A button of the dialog that closes it does not ask.
 */
export function Dialog({ title, children, closing, asksAlways = false, onClose }: DialogProps) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  const [asking, setAsking] = useState(false);
  useOpen(element);

  function leave(): void {
    if (!asking && (asksAlways || holdsTypedText(element.current))) setAsking(true);
    else if (asking) setAsking(false);
    else onClose();
  }

  /** Taken before the browser: it would close at the second Escape without asking anybody. */
  function onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    leave();
  }

  return (
    <dialog ref={element} className="ui-dialog" aria-labelledby={id} onKeyDown={onKey} onCancel={(event) => { event.preventDefault(); leave(); }}>
      <h2 id={id} className="ui-dialog-title">{title}</h2>
      {children}
      {asking && <Question texts={closing} onKeep={() => setAsking(false)} onClose={onClose} />}
    </dialog>
  );
}

function Question({ texts, onKeep, onClose }: { texts: ClosingTexts; onKeep: () => void; onClose: () => void }) {
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    keep.current?.focus();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);
  return (
    <div className="ui-dialog-question">
      <Notice tone="warning" title={texts.question} role="alert">
        <p>{texts.text}</p>
        <div className="ui-row">
          <Button ref={keep} size="xs" onClick={onKeep}>{texts.keep}</Button>
          <Button size="xs" variant="default" onClick={onClose}>{texts.close}</Button>
        </div>
      </Notice>
    </div>
  );
}

/** Closed before the element leaves the page: only then does it give the focus back. */
function useOpen(element: { current: HTMLDialogElement | null }): void {
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, [element]);
}

function holdsTypedText(dialog: HTMLDialogElement | null): boolean {
  const fields = dialog?.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input:not([type=radio], [type=checkbox], [type=hidden]), textarea') ?? [];
  return [...fields].some((field) => !field.readOnly && field.value.trim() !== '');
}
