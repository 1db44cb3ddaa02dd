import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

export interface DialogProps {
  title: string;
  children: ReactNode;
  /** Escape, or the browser's own way to close. */
  onClose: () => void;
}

/**
 * A modal dialog. The browser's own element brings the focus trap, the inert background, Escape, and the return of the
 * focus to where it was.
 */
export function Dialog({ title, children, onClose }: DialogProps) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);

  // Before the element leaves the page: only then does closing it give the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);

  return (
    <dialog ref={element} className="ui-dialog" aria-labelledby={id} onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <h2 id={id} className="ui-dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}
