import type { Integration } from '@openhands-jira/contracts';
import { Notice, Section } from '@openhands-jira/ui';
import { cloudTexts } from '../../texts-of-cloud.js';
import { AskAdministrator } from '../delegations/ask-administrator.js';
import { webhooksPage, WebhookSteps } from '../jira-cloud/webhook-steps.js';
import { FirstDelivery } from './first-delivery.js';
import { HowToAsk } from './how-to-ask.js';

/** After a workspace was configured: its webhook, until the first delivery shows that it is right. */
export function AfterConfiguring({ integration }: { integration: Integration }) {
  const { connection, state } = integration;
  if (!connection) return null;
  if (state === 'paused') return <Notice tone="warning">{cloudTexts.paused}</Notice>;
  if (connection.status !== 'active') return null;
  const { url, sharedUrl, events, lastDeliveryAt } = connection.webhook;
  return (
    <div className="two-columns">
      {lastDeliveryAt === null && (
        <Section title={cloudTexts.stepWebhookLeft}>
          <p>{cloudTexts.alreadyCreated}</p>
          <WebhookSteps adminPage={webhooksPage(connection.site)} url={url} secret={cloudTexts.secretSaved} sharedUrl={sharedUrl} events={events} />
          <AskAdministrator connectionId={connection.id} />
        </Section>
      )}
      <div className="ui-stack">
        <FirstDelivery integration={integration} connection={connection} />
        {lastDeliveryAt !== null && <p><HowToAsk /></p>}
      </div>
    </div>
  );
}
