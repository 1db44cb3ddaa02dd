import { PastedSecret } from '@openhands-jira/contracts';
import { SecretInput } from '@openhands-jira/ui';
import { type RefObject, useRef, useState } from 'react';
import type { RequestFailed } from '../../lib/api.js';
import { placeFailure } from '../../lib/form-problems.js';
import { texts } from '../../texts.js';

export interface AdminToken {
  value: string;
  error: string | null;
  field: RefObject<HTMLInputElement | null>;
  change: (value: string) => void;
  /** The token as it may be sent, or null after saying at the field what is wrong. */
  read: () => string | null;
  showFailure: (failure: RequestFailed) => void;
  clear: () => void;
}

/** A one-time token of a Jira administrator while it is being typed. It lives in this state only. An optional one may be empty. */
export function useAdminToken({ optional = false } = {}): AdminToken {
  const [value, setValue] = useState('');
  const [error, setError] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);

  function say(message: string | null): void {
    setError(message);
    if (message !== null) field.current?.focus();
  }

  function read(): string | null {
    if (optional && value.trim() === '') return '';
    const checked = PastedSecret.safeParse(value);
    say(checked.success ? null : checked.error.issues[0]!.message);
    return checked.success ? checked.data : null;
  }

  return {
    value, error, field, read,
    change: (next) => { setValue(next); setError(null); },
    showFailure: (failure) => say(placeFailure(failure, ['adminToken']).fields['adminToken'] ?? null),
    clear: () => setValue(''),
  };
}

export function AdminTokenField({ token: { field, value, error, change }, label, description, required = false }: { token: AdminToken; label: string; description: string; required?: boolean }) {
  return <SecretInput ref={field} label={label} description={description} required={required} revealLabel={`${label}: ${texts.common.reveal}`} value={value} error={error} onChange={(event) => change(event.currentTarget.value)} />;
}
