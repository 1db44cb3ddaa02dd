import type { Integration } from '@openhands-jira/contracts';
import { Button, Dialog, Moment, Notice, Section } from '@openhands-jira/ui';
import { useState } from 'react';
import { useLeave } from '../../lib/leave.js';
import { useAction } from '../../lib/use-action.js';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { texts } from '../../texts.js';
import { beginLink, unlink } from './data-center.js';
import type { Tell } from './use-news.js';

/** The caller's own Jira account: Connect, or the link with Unlink. */
export function OwnAccount({ integration, tell }: { integration: Integration; tell: Tell }) {
  const { link, linkMethod, capabilities } = integration;
  return (
    <Section title={t.account}>
      {linkMethod === 'email' && <p>{t.emailRule}</p>}
      {link && <p>{t.linkedSince(link.jiraDisplayName)} <Moment at={link.linkedAt} justNow={texts.common.justNow} /></p>}
      {link && <p>{texts.common.howToAsk(integration.trigger)}</p>}
      {!link && capabilities.includes('link') && <Connect byEmail={linkMethod === 'email'} trigger={integration.trigger} tell={tell} />}
      {!link && !capabilities.includes('link') && <p className="ui-muted">{t.noLinkNow}</p>}
      {link && capabilities.includes('unlink') && <Unlink integration={integration} tell={tell} />}
    </Section>
  );
}

function Connect({ byEmail, trigger, tell }: { byEmail: boolean; trigger: Integration['trigger']; tell: Tell }) {
  const link = useAction(beginLink);
  const { leaving, leaveFor } = useLeave();

  async function run(): Promise<void> {
    const result = await link.run();
    if (!result.ok) return;
    if (result.value.next === 'consent') leaveFor(result.value.url);
    else await tell({ tone: 'good', title: t.linked(result.value.link.jiraDisplayName), texts: [texts.common.howToAsk(trigger)] });
  }

  return (
    <>
      {!byEmail && <p>{t.accountIntro}</p>}
      {link.failure && <Notice tone="bad" role="alert">{link.failure.message}</Notice>}
      <div className="ui-row">
        <Button loading={link.pending || leaving} variant={byEmail ? 'default' : 'filled'} onClick={() => void run()}>{byEmail ? t.linkByEmail : t.connect}</Button>
        {leaving ? <span role="status">{t.leaving}</span> : !byEmail && <span className="ui-muted">{t.connectHelp}</span>}
      </div>
    </>
  );
}

function Unlink({ integration: { connection, linkMethod }, tell }: { integration: Integration; tell: Tell }) {
  const [asking, setAsking] = useState(false);
  const leave = useAction(unlink);

  async function run(): Promise<void> {
    const result = await leave.run();
    if (!result.ok) return;
    setAsking(false);
    await tell({ tone: 'neutral', title: t.unlinked });
  }

  return (
    <>
      <div><Button variant="default" onClick={() => setAsking(true)}>{t.unlink}</Button></div>
      {asking && (
        <Dialog title={t.unlinkTitle} closing={texts.common.closing} onClose={() => setAsking(false)}>
          <div className="ui-stack">
            <p>{t.unlinkText(connection?.site ?? t.title)}</p>
            {linkMethod === 'email' && <p>{t.unlinkTextByEmail}</p>}
            {leave.failure && <Notice tone="bad" role="alert">{leave.failure.message}</Notice>}
            <div className="ui-row">
              <Button variant="danger" loading={leave.pending} onClick={() => void run()}>{t.unlink}</Button>
              <Button variant="default" onClick={() => setAsking(false)}>{texts.common.cancel}</Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
