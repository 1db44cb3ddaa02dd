import { useId } from 'react';
import { CopyButton, type CopyTexts } from './copy-button.js';

export interface CopyFieldProps {
  label: string;
  value: string;
  description?: string;
  texts: CopyTexts;
}

/** A value to copy elsewhere: read-only, selected as a whole when focused, with a button beside it. */
export function CopyField({ label, value, description, texts }: CopyFieldProps) {
  const id = useId();
  return (
    <div className="ui-field">
      <label className="ui-label" htmlFor={id}>{label}</label>
      {description && <p className="ui-description" id={`${id}-about`}>{description}</p>}
      <div className="ui-copy-row">
        <input id={id} className="ui-copy-value" readOnly value={value} aria-describedby={description ? `${id}-about` : undefined} onFocus={(event) => event.currentTarget.select()} spellCheck={false} />
        <CopyButton value={value} name={label} texts={texts} />
      </div>
    </div>
  );
}
