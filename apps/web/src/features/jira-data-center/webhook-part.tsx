import type { Integration } from '@openhands-jira/contracts';
import { Arrival, Button, Notice, Section } from '@openhands-jira/ui';
import { useState } from 'react';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { FirstDelivery } from '../integrations/first-delivery.js';
import { Health } from '../integrations/health.js';
import { JiraStatistics } from './jira-statistics.js';
import type { Tell } from './use-news.js';
import { WebhookSetUp } from './webhook-set-up.js';
import { WebhookStatus } from './webhook-status.js';
import { WhichWebhook } from './which-webhook.js';

/** The webhook, for those who set it up and look after it. Everybody else only learns when it is missing. */
export function WebhookPart({ integration, tell }: { integration: Integration; tell: Tell }) {
  const [again, setAgain] = useState(false);
  const { state, connection, capabilities } = integration;
  const mayInstall = capabilities.includes('install_webhook');
  if (!connection || state === 'setup_incomplete') return mayInstall ? <FirstSetUp integration={integration} tell={tell} /> : <Notice tone="neutral">{t.othersSetUp}</Notice>;
  if (!mayInstall) return null;
  return (
    <>
      <WebhookStatus integration={integration} connection={connection} tell={tell} onReinstall={() => setAgain(true)} />
      {again && <SetUpAgain integration={integration} url={connection.webhook.url} tell={tell} onEnd={() => setAgain(false)} />}
      {connection.status === 'active' && <FirstDelivery integration={integration} connection={connection} waiting={t.waiting} />}
      <Section title={t.otherSide}><JiraStatistics /></Section>
      <Health connectionId={connection.id} />
    </>
  );
}

/** The first signed delivery is told already before the confirmation: somebody else may be creating the webhook. */
function FirstSetUp({ integration, tell }: { integration: Integration; tell: Tell }) {
  const { connection } = integration;
  const waits = connection?.status === 'pending' && connection.webhook.mode === 'manual';
  return (
    <>
      <Section title={t.webhook}>
        <p>{t.webhookIntro}</p>
        {waits && connection.webhook.lastDeliveryAt && <Notice tone="good" role="status">{t.worksAlready}</Notice>}
        <WebhookSetUp integration={integration} onDone={tell} />
      </Section>
      {waits && <FirstDelivery integration={integration} connection={connection} waiting={t.waiting} />}
    </>
  );
}

function SetUpAgain({ integration, url, tell, onEnd }: { integration: Integration; url: string; tell: Tell; onEnd: () => void }) {
  return (
    <Arrival>
      <Section title={t.reinstallTitle} aside={<Button variant="default" size="xs" onClick={onEnd}>{t.reinstallEnd}</Button>}>
        <p>{t.reinstallText}</p>
        <WhichWebhook url={url} />
        <WebhookSetUp integration={integration} onDone={async (news) => { onEnd(); await tell(news); }} />
      </Section>
    </Arrival>
  );
}
