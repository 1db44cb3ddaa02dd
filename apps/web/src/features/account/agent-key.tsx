import { SetAgentKey } from '@openhands-jira/contracts';
import { Button, Dialog, Notice, SecretInput, Section, StatusBadge } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { checkWith, placeFailure } from '../../lib/form-problems.js';
import { useAction } from '../../lib/use-action.js';
import { accountTexts } from '../../texts-of-account.js';
import { texts } from '../../texts.js';
import { meQuery } from '../sign-in/me.js';
import { setAgentKey } from './account.js';

/** The caller's own OpenHands key: it can be set, replaced and removed, but never read. */
export function AgentKey({ isSet }: { isSet: boolean }) {
  const [key, setKey] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const save = useAction(setAgentKey);
  const queries = useQueryClient();
  const t = accountTexts;

  async function apply(apiKey: string | null, done: string): Promise<void> {
    setSaid(null);
    const result = await save.run(apiKey);
    setRemoving(false);
    setError(result.ok ? null : (placeFailure(result.failure, ['apiKey']).fields['apiKey'] ?? null));
    if (!result.ok) return field.current?.focus();
    setKey('');
    await queries.invalidateQueries({ queryKey: meQuery.queryKey });
    setSaid(done);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    const wrong = checkWith(SetAgentKey, { apiKey: key })['apiKey'] ?? null;
    setError(wrong);
    if (wrong) field.current?.focus();
    else void apply(key.trim(), t.savedKey);
  }

  return (
    <Section title={t.agent} aside={<StatusBadge tone={isSet ? 'good' : 'neutral'}>{isSet ? t.agentSet : t.agentNotSet}</StatusBadge>}>
      <p className="ui-muted">{t.agentText}</p>
      <form noValidate className="ui-stack narrow" onSubmit={submit}>
        <SecretInput ref={field} label={t.agentKey} description={isSet ? t.agentReplaceHelp : t.agentKeyHelp} revealLabel={`${t.agentKey}: ${texts.common.reveal}`} value={key} error={error} onChange={(event) => setKey(event.currentTarget.value)} />
        {save.failure && !error && <Notice tone="bad" role="alert">{save.failure.message}</Notice>}
        {said && <Notice tone="good" role="status">{said}</Notice>}
        <div className="ui-row">
          <Button type="submit" loading={save.pending}>{t.saveKey}</Button>
          {isSet && <Button variant="default" onClick={() => setRemoving(true)}>{t.removeKey}</Button>}
        </div>
      </form>
      {removing && (
        <Dialog title={t.removeKeyTitle} closing={texts.common.closing} onClose={() => setRemoving(false)}>
          <div className="ui-stack">
            <p>{t.removeKeyText}</p>
            <div className="ui-row">
              <Button variant="danger" loading={save.pending} onClick={() => void apply(null, t.removedKey)}>{t.removeKey}</Button>
              <Button variant="default" onClick={() => setRemoving(false)}>{texts.common.cancel}</Button>
            </div>
          </div>
        </Dialog>
      )}
    </Section>
  );
}
