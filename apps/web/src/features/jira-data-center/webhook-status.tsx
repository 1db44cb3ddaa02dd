import type { Connection, Integration } from '@openhands-jira/contracts';
import { Button, CopyField, ExternalLink, Facts, isAhead, Moment, Notice, Section } from '@openhands-jira/ui';
import { type ReactNode, useState } from 'react';
import { Link } from '../../lib/router.js';
import { useAction } from '../../lib/use-action.js';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { texts } from '../../texts.js';
import { SigningSecrets } from '../integrations/signing-secrets.js';
import { setActive } from './data-center.js';
import { RemoveDialog } from './remove-dialog.js';
import { RotateDialog } from './rotate-dialog.js';
import type { Tell } from './use-news.js';

export interface WebhookStatusProps {
  integration: Integration;
  connection: Connection;
  tell: Tell;
  onReinstall: () => void;
}

/** A webhook that is set up: how it stands, and what can be done with it. */
export function WebhookStatus({ integration, connection, tell, onReinstall }: WebhookStatusProps) {
  const [open, setOpen] = useState<'rotate' | 'remove' | null>(null);
  const { capabilities, state } = integration;
  const close = () => setOpen(null);
  return (
    <Section title={t.webhook}>
      <Facts items={factsOf(connection, state === 'paused')} />
      <SigningSecrets connection={connection} />
      <CopyField label={t.url} value={connection.webhook.url} texts={texts.common.copy} />
      <p><Link to={`/activity?connectionId=${connection.id}`}>{t.seeDeliveries}</Link></p>
      <div className="ui-row">
        {capabilities.includes('pause') && <PauseOrResume isPaused={state === 'paused'} tell={tell} />}
        {capabilities.includes('rotate_secret') && <Button variant="default" onClick={() => setOpen('rotate')}>{t.rotate}</Button>}
        {capabilities.includes('install_webhook') && <Button variant="default" onClick={onReinstall}>{t.reinstall}</Button>}
        {capabilities.includes('remove') && <Button variant="default" onClick={() => setOpen('remove')}>{t.remove}</Button>}
      </div>
      {open === 'rotate' && <RotateDialog connection={connection} onClose={close} />}
      {open === 'remove' && <RemoveDialog site={connection.site} people={integration.linkedPeople} onClose={close} tell={tell} />}
    </Section>
  );
}

function factsOf({ site, siteUrl, webhook: { mode, confirmedAt, secretSetAt, previousSecretUntil, lastDeliveryAt } }: Connection, isPaused: boolean): { name: string; value: ReactNode }[] {
  const moment = (at: string) => <Moment at={at} justNow={texts.common.justNow} />;
  const facts: [string, ReactNode][] = [
    [texts.integrations.site, <ExternalLink href={siteUrl} newTab={texts.common.newTab}>{site}</ExternalLink>],
    [t.status, isPaused ? t.paused : t.active],
    [t.mode, mode && t.modes[mode]],
    [t.confirmedAt, confirmedAt && moment(confirmedAt)],
    [t.secretSetAt, secretSetAt && moment(secretSetAt)],
    [t.previousSecret, isAhead(previousSecretUntil) && moment(previousSecretUntil)],
    [t.lastDelivery, lastDeliveryAt ? moment(lastDeliveryAt) : t.noDelivery],
  ];
  return facts.flatMap(([name, value]) => (value ? [{ name, value }] : []));
}

/** One click, reversible, and no consent is needed. */
function PauseOrResume({ isPaused, tell }: { isPaused: boolean; tell: Tell }) {
  const change = useAction(setActive);

  async function run(): Promise<void> {
    const result = await change.run(isPaused);
    if (result.ok) await tell(isPaused ? { tone: 'good', title: t.resumedNow } : { tone: 'warning', title: t.pausedNow });
  }

  return (
    <>
      <Button variant={isPaused ? 'filled' : 'default'} loading={change.pending} onClick={() => void run()}>{isPaused ? t.resume : t.pause}</Button>
      {change.failure && <Notice tone="bad" role="alert">{change.failure.message}</Notice>}
    </>
  );
}
