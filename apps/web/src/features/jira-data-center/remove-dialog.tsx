import { TextInput } from '@mantine/core';
import { Button, Dialog } from '@openhands-jira/ui';
import { type FormEvent, useRef, useState } from 'react';
import { useAction } from '../../lib/use-action.js';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { texts } from '../../texts.js';
import { useFreshIntegrations } from '../integrations/integrations.js';
import { AdminTokenField, useAdminToken } from './admin-token.js';
import { removeConnection } from './data-center.js';
import type { Tell } from './use-news.js';
import { WebhookFailure } from './webhook-failure.js';

/** Spells out what ends. It ends the work of a whole team, so the host has to be typed. */
export function RemoveDialog({ site, people, onClose, tell }: { site: string; people: number | null; onClose: () => void; tell: Tell }) {
  const token = useAdminToken({ optional: true });
  const [typed, setTyped] = useState('');
  const [mistyped, setMistyped] = useState(false);
  const hostField = useRef<HTMLInputElement>(null);
  useFreshIntegrations();
  const remove = useAction(removeConnection);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const wrong = typed.trim().toLowerCase() !== site.toLowerCase();
    setMistyped(wrong);
    if (wrong) return hostField.current?.focus();
    const adminToken = token.read();
    if (adminToken === null) return;
    const result = await remove.run(adminToken);
    if (!result.ok) return token.showFailure(result.failure);
    onClose();
    const { linksEnded, webhookRemoved } = result.value;
    await tell({ tone: webhookRemoved ? 'good' : 'warning', title: t.removed, texts: [t.removedLinks(linksEnded), webhookRemoved ? t.removedWebhook : t.keptWebhook] });
  }

  return (
    <Dialog title={t.removeTitle(site)} closing={texts.common.closing} onClose={onClose}>
      <form noValidate className="ui-stack" onSubmit={(event) => void submit(event)}>
        <p>{t.removeIntro}</p>
        <ul className="how-to">{t.removePoints(people).map((point) => <li key={point}>{point}</li>)}</ul>
        <AdminTokenField token={token} label={t.removeToken} description={t.removeTokenHelp} />
        <TextInput ref={hostField} label={t.removeType(site)} value={typed} error={mistyped && t.removeTypeWrong(site)} onChange={(event) => { setTyped(event.currentTarget.value); setMistyped(false); }} autoComplete="off" autoCapitalize="off" spellCheck={false} />
        {remove.failure && <WebhookFailure failure={remove.failure} atField={token.error !== null} />}
        <div className="ui-row">
          <Button type="submit" variant="danger" loading={remove.pending}>{t.remove}</Button>
          <Button variant="default" onClick={onClose}>{texts.common.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
