import { type ReactNode, useId } from 'react';

export interface Choice<V extends string> {
  value: V;
  label: string;
  description: ReactNode;
}

export interface ChoiceGroupProps<V extends string> {
  /** Of the first choice's element, for summaries that lead to it. */
  id?: string;
  label: string;
  choices: Choice<V>[];
  value: V;
  onChange: (value: V) => void;
}

/** One of a few ways to go, each with a sentence about it. */
export function ChoiceGroup<V extends string>({ id, label, choices, value, onChange }: ChoiceGroupProps<V>) {
  const name = useId();
  return (
    <fieldset className="ui-choices" role="radiogroup">
      <legend className="ui-label">{label}</legend>
      {choices.map((choice, place) => (
        <div key={choice.value} className="ui-choice">
          <input type="radio" id={place === 0 && id ? id : `${name}-${choice.value}`} name={name} value={choice.value} checked={choice.value === value} aria-describedby={`${name}-${choice.value}-about`} onChange={() => onChange(choice.value)} />
          <div>
            <label htmlFor={place === 0 && id ? id : `${name}-${choice.value}`}>{choice.label}</label>
            <p className="ui-description" id={`${name}-${choice.value}-about`}>{choice.description}</p>
          </div>
        </div>
      ))}
    </fieldset>
  );
}
