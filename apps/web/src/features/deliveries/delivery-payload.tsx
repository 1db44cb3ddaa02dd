import type { DeliveryDetail, Trial } from '@openhands-jira/contracts';
import { Button, Facts, Moment, Notice, Section } from '@openhands-jira/ui';
import { useState } from 'react';
import { Link } from '../../lib/router.js';
import { useAction } from '../../lib/use-action.js';
import { activityTexts } from '../../texts-of-activity.js';
import { texts } from '../../texts.js';
import { trialTexts } from '../../texts-of-trials.js';
import { replayDelivery, tryDelivery } from './deliveries.js';
import { TrialResult } from './trial-result.js';

/** What Jira sent, until when it is kept, and deciding it again: for those who manage the connection. */
export function DeliveryPayload({ delivery: { id, headers, payload, payloadKeptUntil, manages } }: { delivery: DeliveryDetail }) {
  const t = activityTexts.delivery;
  if (!manages) return <Section title={t.payload}><p className="ui-muted">{t.noPayload}</p></Section>;
  if (payloadKeptUntil === null) return <Section title={t.payload}><p className="ui-muted">{t.payloadGone}</p></Section>;
  return (
    <Section title={t.payload}>
      <Replay id={id} />
      <TrialRun id={id} />
      <p className="ui-muted">{t.payloadKept} <Moment at={payloadKeptUntil} justNow={texts.common.justNow} />. {t.payloadMasked}</p>
      {headers && (
        <details>
          <summary>{t.showHeaders}</summary>
          <Facts items={Object.entries(headers).map(([name, value]) => ({ name, value: <span className="mono">{value}</span> }))} />
        </details>
      )}
      <details>
        <summary>{t.showPayload}</summary>
        <pre className="payload" tabIndex={0} role="region" aria-label={t.showPayload}>{JSON.stringify(payload, null, 2)}</pre>
      </details>
    </Section>
  );
}

/** The same without effects: what would become of it now. */
function TrialRun({ id }: { id: string }) {
  const trial = useAction(tryDelivery);
  const [result, setResult] = useState<Trial | null>(null);

  async function run(): Promise<void> {
    setResult(null);
    const found = await trial.run(id);
    if (found.ok) setResult(found.value);
  }

  return (
    <>
      <p>{trialTexts.runText}</p>
      <div><Button variant="default" loading={trial.pending} onClick={() => void run()}>{trialTexts.run}</Button></div>
      {trial.failure && <Notice tone="bad" role="alert">{trial.failure.message}</Notice>}
      {result && <TrialResult trial={result} />}
    </>
  );
}

function Replay({ id }: { id: string }) {
  const replay = useAction(replayDelivery);
  const [replayed, setReplayed] = useState<string | null>(null);
  const t = activityTexts.delivery;

  async function run(): Promise<void> {
    const result = await replay.run(id);
    if (result.ok) setReplayed(result.value);
  }

  return (
    <>
      <p>{t.replayText}</p>
      <div><Button variant="default" loading={replay.pending} onClick={() => void run()}>{t.replay}</Button></div>
      {replay.failure && <Notice tone="bad" role="alert">{replay.failure.message}</Notice>}
      {replayed && <Notice tone="good" role="status"><p>{t.replayed} <Link to={`/deliveries/${replayed}`}>{t.openReplayed}</Link></p></Notice>}
    </>
  );
}
