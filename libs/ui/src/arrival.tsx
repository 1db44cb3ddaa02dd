import { type ReactNode, useEffect, useRef } from 'react';

/**
 * Something that a click brought to the page, in place of what was there. It takes the focus, so that keyboard and screen
 * reader go on where the new content begins.
 */
export function Arrival({ children }: { children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => element.current?.focus(), []);
  return <div ref={element} tabIndex={-1} className="ui-arrival">{children}</div>;
}
