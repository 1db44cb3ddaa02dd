import type { WebhookStatistics } from '@openhands-jira/contracts';
import { Arrival, Button, Moment, Notice, type Tone } from '@openhands-jira/ui';
import { type FormEvent, useState } from 'react';
import { useAction } from '../../lib/use-action.js';
import { dataCenterTexts as t } from '../../texts-of-data-center.js';
import { texts } from '../../texts.js';
import { AdminTokenField, useAdminToken } from './admin-token.js';
import { askStatistics } from './data-center.js';
import { WebhookFailure } from './webhook-failure.js';

/** What Jira itself counted about its calls: the view from the other side, with one token of a Jira administrator that leaves its field as soon as it was used. */
export function JiraStatistics() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{t.statistics}</summary>
      {isOpen && <Question />}
    </details>
  );
}

function Question() {
  const token = useAdminToken();
  const ask = useAction(askStatistics);
  const [seen, setSeen] = useState<WebhookStatistics | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const typed = token.read();
    if (typed === null) return;
    const result = await ask.run(typed);
    if (!result.ok) return token.showFailure(result.failure);
    token.clear();
    setSeen(result.value);
  }

  return (
    <>
      <form noValidate className="ui-stack narrow" onSubmit={(event) => void submit(event)}>
        <p>{t.statisticsIntro}</p>
        <AdminTokenField token={token} label={t.statisticsToken} description={t.adminTokenHelp} required />
        {ask.failure && <WebhookFailure failure={ask.failure} atField={token.error !== null} />}
        <div><Button type="submit" variant="default" loading={ask.pending}>{t.statisticsAsk}</Button></div>
      </form>
      {seen && <Arrival><Seen statistics={seen} /></Arrival>}
    </>
  );
}

const TONES: Record<WebhookStatistics['verdict'], Tone> = { good: 'good', none: 'warning', failing: 'bad', switched_off: 'bad', missing: 'bad' };

function Seen({ statistics: { verdict, detail, hint, lastError } }: { statistics: WebhookStatistics }) {
  return (
    <Notice tone={TONES[verdict]} title={t.verdicts[verdict]}>
      <p>{detail} {hint}</p>
      {lastError?.at && <p>{t.lastWrong} <Moment at={lastError.at} justNow={texts.common.justNow} /></p>}
    </Notice>
  );
}
