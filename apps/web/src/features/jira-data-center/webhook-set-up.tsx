import type { Integration, WebhookDetails } from '@openhands-jira/contracts';
import { ChoiceGroup } from '@openhands-jira/ui';
import { useState } from 'react';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { AutomaticSetUp } from './automatic-set-up.js';
import { ManualSetUp } from './manual-set-up.js';
import type { Tell } from './use-news.js';

const WAYS = (['automatic', 'manual'] as const).map((value) => ({ value, ...t.ways[value] }));

/**
 * The two ways to get the webhook into Jira. Details that were generated, with their secret, live here only until the page
 * is left; they survive a look at the other way.
 */
export function WebhookSetUp({ integration, onDone }: { integration: Integration; onDone: Tell }) {
  const waits = integration.connection?.status === 'pending' && integration.connection.webhook.mode === 'manual';
  const [way, setWay] = useState<'automatic' | 'manual'>(waits ? 'manual' : 'automatic');
  const [details, setDetails] = useState<WebhookDetails | null>(null);
  return (
    <>
      <ChoiceGroup label={t.way} choices={WAYS} value={way} onChange={setWay} />
      {way === 'automatic'
        ? <AutomaticSetUp siteUrl={integration.connection?.siteUrl ?? integration.siteUrl} onManual={() => setWay('manual')} onDone={onDone} />
        : <ManualSetUp integration={integration} details={details} onDetails={setDetails} onDone={onDone} />}
    </>
  );
}
