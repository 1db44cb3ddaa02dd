import { Button, ExternalLink } from '@openhands-jira/ui';
import type { FormEvent } from 'react';
import { useAction } from '../../lib/use-action.js';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { texts } from '../../texts.js';
import { AdminTokenField, useAdminToken } from './admin-token.js';
import { installWebhook, profilePage } from './data-center.js';
import type { Tell } from './use-news.js';
import { WebhookFailure } from './webhook-failure.js';

/** "Install automatically": one token of a Jira administrator, used once. It leaves its field as soon as it was used. */
export function AutomaticSetUp({ siteUrl, onManual, onDone }: { siteUrl: string | null; onManual: () => void; onDone: Tell }) {
  const token = useAdminToken();
  const install = useAction(installWebhook);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const typed = token.read();
    if (typed === null) return;
    const result = await install.run(typed);
    if (!result.ok) return token.showFailure(result.failure);
    token.clear();
    await onDone({ tone: 'good', title: t.installed, texts: [t.installedText] });
  }

  return (
    <form noValidate className="ui-stack narrow" onSubmit={(event) => void submit(event)}>
      <AdminTokenField token={token} label={t.adminToken} description={t.adminTokenHelp} required />
      {siteUrl && <p><ExternalLink href={profilePage(siteUrl)} newTab={texts.common.newTab}>{t.openProfile}</ExternalLink></p>}
      {install.failure && <WebhookFailure failure={install.failure} atField={token.error !== null} onManual={onManual} />}
      <div><Button type="submit" loading={install.pending}>{t.install}</Button></div>
    </form>
  );
}
