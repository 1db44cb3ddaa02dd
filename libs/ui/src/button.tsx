import { type ComponentProps, type MouseEvent, type RefObject, useImperativeHandle, useLayoutEffect, useRef } from 'react';

/** How a button, or a link that looks like one, is drawn. `danger` is for what cannot be undone. */
export interface ButtonLook {
  variant?: 'filled' | 'default' | 'danger' | undefined;
  size?: 'xs' | 'sm' | 'md' | undefined;
}

export interface ButtonProps extends ButtonLook, ComponentProps<'button'> {
  /** While what the button began is under way. It then does nothing when pressed again. */
  loading?: boolean | undefined;
}

/**
 * A button that never loses the focus. While it works it is not disabled, which would throw the focus off, but says that it is
 * busy. When it goes together with its work, the focus goes to the part of the page that it stood in.
 */
export function Button({ variant, size, loading = false, type = 'button', ref, onClick, children, ...others }: ButtonProps) {
  const element = useRef<HTMLButtonElement>(null);
  useImperativeHandle(ref, () => element.current!);
  useFocusHandedOn(element);

  /** Also Enter in a field comes here: browsers press the button of the form. */
  function press(event: MouseEvent<HTMLButtonElement>): void {
    if (loading) event.preventDefault();
    else onClick?.(event);
  }

  return (
    <button {...others} {...buttonLook({ variant, size })} ref={element} type={type} aria-disabled={loading || undefined} aria-busy={loading || undefined} onClick={press}>
      <span className="ui-button-words">{children}</span>
      {loading && <span className="ui-spinner" aria-hidden="true" />}
    </button>
  );
}

/** The same look for a link: `<a {...buttonLook({ variant: 'default' })} href="…">`. */
export function buttonLook({ variant = 'filled', size = 'sm' }: ButtonLook = {}) {
  return { className: 'ui-button', 'data-variant': variant, 'data-size': size };
}

/** Where the focus may go when a button is gone, from the nearest to the farthest. */
const PLACES = ['.ui-section, .ui-dialog', 'main'];

function useFocusHandedOn(element: RefObject<HTMLButtonElement | null>): void {
  useLayoutEffect(() => {
    const button = element.current;
    return () => {
      if (button === null || document.activeElement !== button) return;
      const places = PLACES.map((place) => button.closest<HTMLElement>(place));
      // Whoever removes the button may have an idea of their own where the focus belongs.
      setTimeout(() => {
        if (isNowhere(document.activeElement)) focusOn(places.find((place) => place?.isConnected));
      });
    };
  }, [element]);
}

function isNowhere(focused: Element | null): boolean {
  return focused === null || focused === document.body;
}

function focusOn(place: HTMLElement | null | undefined): void {
  if (!place) return;
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
}
