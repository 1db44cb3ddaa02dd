import { Textarea } from '@mantine/core';
import { UpdateTrustedCertificates } from '@openhands-jira/contracts';
import { Button, Notice } from '@openhands-jira/ui';
import { type FormEvent, useRef, useState } from 'react';
import { checkWith, placeFailure } from '../../lib/form-problems.js';
import { installationTexts as t } from '../../texts-of-installation.js';
import { useAddCertificates } from './use-certificates.js';

/** Pastes further certificates; those that are listed stay. */
export function CertificatesForm() {
  const [pem, setPem] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const add = useAddCertificates();

  function refuse(message: string | null): void {
    setError(message);
    if (message !== null) field.current?.focus();
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setSaid(null);
    const wrong = pem.trim() === '' ? t.pemEmpty : (checkWith(UpdateTrustedCertificates, { pem })['pem'] ?? null);
    refuse(wrong);
    if (wrong) return;
    const result = await add.run(pem);
    if (!result.ok) return refuse(placeFailure(result.failure, ['pem']).fields['pem'] ?? null);
    setPem('');
    setSaid(t.savedCertificates(result.value));
  }

  return (
    <form noValidate className="ui-stack" onSubmit={(event) => void submit(event)}>
      <Textarea ref={field} label={t.pem} description={t.pemHelp} rows={6} value={pem} error={error} className="pem" autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => { setPem(event.currentTarget.value); setError(null); }} />
      {add.failure && !error && <Notice tone="bad" role="alert">{add.failure.message}</Notice>}
      {said && <Notice tone="good" role="status">{said}</Notice>}
      <div><Button type="submit" loading={add.pending}>{t.saveCertificates}</Button></div>
    </form>
  );
}
