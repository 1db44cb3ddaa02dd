import type { Connection, WebhookDetails } from '@openhands-jira/contracts';
import { Arrival, Button, CopyField, Dialog, ExternalLink, Moment, Notice } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '../../lib/use-action.js';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { texts } from '../../texts.js';
import { integrationsQuery } from '../integrations/integrations.js';
import { rotateSecret, webhooksPage } from './data-center.js';
import { WhichWebhook } from './which-webhook.js';

/** Asks, then shows the new secret once. It lives in this dialog only until it is closed. */
export function RotateDialog({ connection: { siteUrl, webhook }, onClose }: { connection: Connection; onClose: () => void }) {
  const [details, setDetails] = useState<WebhookDetails | null>(null);
  const rotate = useAction(rotateSecret);
  const queries = useQueryClient();

  async function run(): Promise<void> {
    const result = await rotate.run();
    if (!result.ok) return;
    setDetails(result.value);
    await queries.invalidateQueries({ queryKey: integrationsQuery.queryKey });
  }

  return (
    <Dialog title={details ? t.rotated : t.rotateTitle} closing={texts.common.closingSecret} asksAlways={details !== null} onClose={onClose}>
      {details ? <NewSecret details={details} siteUrl={siteUrl} onClose={onClose} /> : (
        <div className="ui-stack">
          <p>{t.rotateText}</p>
          {webhook.mode === 'automatic' && <p>{t.rotateAutomatic}</p>}
          <WhichWebhook url={webhook.url} />
          {rotate.failure && <Notice tone="bad" role="alert">{rotate.failure.message}</Notice>}
          <div className="ui-row">
            <Button loading={rotate.pending} onClick={() => void run()}>{t.rotate}</Button>
            <Button variant="default" onClick={onClose}>{texts.common.cancel}</Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function NewSecret({ details: { secret, previousSecretUntil, webhookUrl }, siteUrl, onClose }: { details: WebhookDetails; siteUrl: string; onClose: () => void }) {
  return (
    <Arrival>
      <div className="ui-stack">
        <Notice tone="warning">{t.once}</Notice>
        <CopyField label={t.secret} value={secret} texts={texts.common.copy} />
        <WhichWebhook url={webhookUrl} />
        {previousSecretUntil && <p>{t.previousUntil} <Moment at={previousSecretUntil} justNow={texts.common.justNow} />.</p>}
        <p><ExternalLink href={webhooksPage(siteUrl)} newTab={texts.common.newTab}>{t.openWebhooks}</ExternalLink></p>
        <div><Button onClick={onClose}>{t.rotatedDone}</Button></div>
      </div>
    </Arrival>
  );
}
