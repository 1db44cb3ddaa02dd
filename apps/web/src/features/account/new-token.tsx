import { NativeSelect, TextInput } from '@mantine/core';
import { CreateApiToken, type CreatedApiToken } from '@openhands-jira/contracts';
import { Button, CopyField, Dialog, Notice } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { checkWith, placeFailure } from '../../lib/form-problems.js';
import { useAction } from '../../lib/use-action.js';
import { accountTexts } from '../../texts-of-account.js';
import { texts } from '../../texts.js';
import { apiTokensQuery, createApiToken } from './account.js';

const EXPIRIES = Object.entries(accountTexts.expiries).map(([value, label]) => ({ value, label }));

/** Makes a token and shows it once. The token lives in this component only until the dialog is closed. */
export function NewToken() {
  const [name, setName] = useState('');
  const [expiry, setExpiry] = useState('90');
  const [error, setError] = useState<string | null>(null);
  const [created, setCreated] = useState<CreatedApiToken | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const create = useAction(createApiToken);
  const queries = useQueryClient();
  const t = accountTexts;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const token = { name, ...(expiry !== 'never' && { expiresInDays: Number(expiry) }) };
    const wrong = checkWith(CreateApiToken, token)['name'] ?? null;
    setError(wrong);
    if (wrong) return field.current?.focus();
    const result = await create.run(CreateApiToken.parse(token));
    if (!result.ok) return setError(placeFailure(result.failure, ['name']).fields['name'] ?? null);
    setCreated(result.value);
    setName('');
    await queries.invalidateQueries({ queryKey: apiTokensQuery.queryKey });
  }

  return (
    <>
      <form noValidate className="ui-stack narrow" onSubmit={(event) => void submit(event)}>
        <TextInput ref={field} label={t.tokenName} description={t.tokenNameHelp} value={name} error={error} onChange={(event) => setName(event.currentTarget.value)} autoComplete="off" />
        <NativeSelect label={t.tokenExpiry} value={expiry} data={EXPIRIES} onChange={(event) => setExpiry(event.currentTarget.value)} />
        {create.failure && !error && <Notice tone="bad" role="alert">{create.failure.message}</Notice>}
        <div><Button type="submit" loading={create.pending}>{t.createToken}</Button></div>
      </form>
      {created && (
        <Dialog title={t.createdTitle(created.name)} closing={texts.common.closingSecret} asksAlways onClose={() => setCreated(null)}>
          <div className="ui-stack">
            <Notice tone="warning">{t.createdText}</Notice>
            <CopyField label={t.createdLabel} value={created.token} texts={texts.common.copy} />
            <div><Button onClick={() => setCreated(null)}>{t.createdDone}</Button></div>
          </div>
        </Dialog>
      )}
    </>
  );
}
