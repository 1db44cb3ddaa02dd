import { type ReactNode, useEffect, useRef } from 'react';
import { usePlace } from '../lib/router.js';
import { texts } from '../texts.js';

/**
 * The heading of a screen, and the title of the browser's tab. After moving inside the page the focus goes to it, so
 * that keyboard and screen reader begin where the new content begins.
 */
export function PageHead({ title, intro, aside }: { title: string; intro?: ReactNode; aside?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { moves } = usePlace();

  useEffect(() => {
    // The first page of a visit keeps the browser's own start.
    if (moves > 0) heading.current?.focus();
  }, [moves]);

  return (
    <div className="page-head">
      <title>{`${title} · ${texts.app.name}`}</title>
      <div>
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {intro && <p>{intro}</p>}
      </div>
      {aside}
    </div>
  );
}
