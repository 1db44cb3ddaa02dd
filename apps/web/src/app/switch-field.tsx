import { Switch } from '@mantine/core';
import { FieldHint } from './field-hint.js';

export interface SwitchFieldProps {
  id: string;
  label: string;
  help: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A switch with a sentence about it. Mantine's own description would become a part of the switch's name. */
export function SwitchField({ id, label, help, checked, onChange }: SwitchFieldProps) {
  return (
    <div>
      <Switch id={id} label={label} aria-describedby={`${id}-about`} checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <FieldHint id={`${id}-about`}>{help}</FieldHint>
    </div>
  );
}
