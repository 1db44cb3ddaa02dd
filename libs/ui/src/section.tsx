import { type ReactNode, useId } from 'react';

/** A part of a page with its own heading, drawn as a card. `isOff`: greyed, because what it shows is not in use. */
export function Section({ title, aside, isOff = false, children }: { title: string; aside?: ReactNode; isOff?: boolean; children: ReactNode }) {
  const id = useId();
  return (
    <section className="ui-section" data-off={isOff || undefined} aria-labelledby={id}>
      <div className="ui-section-head">
        <h2 id={id} className="ui-section-title">{title}</h2>
        {aside}
      </div>
      <div className="ui-stack">{children}</div>
    </section>
  );
}

/** Names and their values. */
export function Facts({ items }: { items: { name: string; value: ReactNode }[] }) {
  return (
    <dl className="ui-facts">
      {items.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
