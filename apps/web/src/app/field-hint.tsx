import { Icon } from '@openhands-jira/ui';
import type { ReactNode } from 'react';

/** A remark below a field that is no error. */
export function FieldHint({ tone, id, children }: { tone?: 'warning'; id?: string; children: ReactNode }) {
  return <div className="field-hint" data-tone={tone} id={id}><Icon name={tone ?? 'info'} size={14} /><span>{children}</span></div>;
}
