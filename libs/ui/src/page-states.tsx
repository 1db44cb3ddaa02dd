import type { ReactNode } from 'react';
import { Button } from './button.js';
import { Notice } from './notice.js';

/** Grey shapes while something loads. `label` is what a screen reader hears. */
export function LoadingBlock({ label, lines = 3 }: { label: string; lines?: number }) {
  return (
    <div role="status" className="ui-stack">
      <span className="ui-hidden">{label}</span>
      {Array.from({ length: lines }, (_, line) => <div key={line} className="ui-skeleton" />)}
    </div>
  );
}

/** Nothing is there yet, and what to do about it. */
export function EmptyBlock({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="ui-empty">
      <p className="ui-empty-title">{title}</p>
      {children && <div className="ui-muted">{children}</div>}
    </div>
  );
}

/** Something could not be loaded; it can be tried again. */
export function ErrorBlock({ title, detail, retryLabel, onRetry }: { title: string; detail: string; retryLabel: string; onRetry: () => void }) {
  return (
    <Notice tone="bad" title={title} role="alert">
      <p>{detail}</p>
      <Button variant="default" onClick={onRetry}>{retryLabel}</Button>
    </Notice>
  );
}
