import { type ReactNode, useId } from 'react';

/** A part of a page with its own heading, drawn as a card. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="ui-section" aria-labelledby={id}>
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
