import { Button, Textarea } from '@mantine/core';
import { UpdateTrustedCertificates } from '@openhands-jira/contracts';
import { Notice } from '@openhands-jira/ui';
import { type FormEvent, useRef, useState } from 'react';
import type { RequestFailed } from '../../lib/api.js';
import { checkWith, placeFailure } from '../../lib/form-problems.js';
import { installationTexts as t } from '../../texts-of-installation.js';
import { CertificatesDialog } from './certificates-dialog.js';
import { useReplaceCertificates } from './use-replace-certificates.js';

/** Pastes another list. Where one is there already it is asked first, because it replaces all of it. */
export function CertificatesForm({ present }: { present: number }) {
  const [pem, setPem] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const replace = useReplaceCertificates();

  function refuse(message: string | null): void {
    setError(message);
    if (message !== null) field.current?.focus();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setSaid(null);
    const wrong = pem.trim() === '' ? t.pemEmpty : (checkWith(UpdateTrustedCertificates, { pem })['pem'] ?? null);
    refuse(wrong);
    if (wrong) return;
    if (present > 0) setAsking(true);
    else void send();
  }

  async function send(): Promise<void> {
    const result = await replace.run(pem);
    if (result.ok) done(result.value);
    else failed(result.failure);
  }

  function done(count: number): void {
    setPem('');
    setSaid(t.savedCertificates(count));
  }

  function failed(failure: RequestFailed): void {
    refuse(placeFailure(failure, ['pem']).fields['pem'] ?? null);
  }

  return (
    <form noValidate className="ui-stack" onSubmit={submit}>
      <Textarea ref={field} label={t.pem} description={t.pemHelp} rows={6} value={pem} error={error} className="pem" autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => { setPem(event.currentTarget.value); setError(null); }} />
      {replace.failure && !error && <Notice tone="bad" role="alert">{replace.failure.message}</Notice>}
      {said && <Notice tone="good" role="status">{said}</Notice>}
      <div><Button type="submit" loading={replace.pending}>{t.saveCertificates}</Button></div>
      {asking && <CertificatesDialog kind="replace" pem={pem} present={present} onClose={() => setAsking(false)} onDone={done} onFailed={failed} />}
    </form>
  );
}
