import { useCallback, useEffect, useRef } from 'react';

/**
 * Runs something at once, or, while the mouse button is down, after the click. A message that appears between pressing and
 * releasing moves what is below it, and the click would miss its target.
 */
export function useAfterClick(): (perform: () => void) => void {
  const pressed = useRef(false);

  useEffect(() => {
    const down = () => void (pressed.current = true);
    const up = () => void (pressed.current = false);
    window.addEventListener('pointerdown', down, true);
    window.addEventListener('pointerup', up, true);
    window.addEventListener('pointercancel', up, true);
    return () => {
      window.removeEventListener('pointerdown', down, true);
      window.removeEventListener('pointerup', up, true);
      window.removeEventListener('pointercancel', up, true);
    };
  }, []);

  return useCallback((perform) => {
    if (!pressed.current) return perform();
    // The click comes right after the release, before any timer.
    window.addEventListener('pointerup', () => setTimeout(perform), { once: true });
  }, []);
}
