import { Button } from '@mantine/core';
import type { DeliveryDetail, TraceStep } from '@openhands-jira/contracts';
import { Facts, type IconName, LoadingBlock, Moment, Notice, PreciseMoment, Section, StatusBadge, StepList, type Tone } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useParams } from 'react-router';
import { LoadFailure } from '../../app/load-failure.js';
import { PageHead } from '../../app/page-head.js';
import { isNotFound } from '../../lib/query.js';
import { useAction } from '../../lib/use-action.js';
import { activityTexts } from '../../texts-of-activity.js';
import { texts } from '../../texts.js';
import { integrationsQuery } from '../integrations/integrations.js';
import { DecisionPage } from './decision-page.js';
import { eventName } from './deliveries-table.js';
import { deliveryQuery, OUTCOME_ICONS, OUTCOME_TONES, replayDelivery } from './deliveries.js';

/** One delivery: how it ended, why, what to do, and every step of the decision. */
export function DeliveryPage() {
  const { id = '' } = useParams();
  const delivery = useQuery(deliveryQuery(id));
  if (isNotFound(delivery.error)) return <DecisionPage signedIn />;
  return (
    <>
      <p><Link className="back-link" to="/activity">{activityTexts.delivery.backToList}</Link></p>
      {delivery.isPending && <LoadingBlock label={texts.common.loading} />}
      {delivery.isError && !delivery.data && <LoadFailure query={delivery} />}
      {delivery.data && <DeliveryView key={id} delivery={delivery.data} />}
    </>
  );
}

function DeliveryView({ delivery }: { delivery: DeliveryDetail }) {
  const { event, issueKey, outcome, reason, detail, fixHint, trace } = delivery;
  const t = activityTexts.delivery;
  return (
    <>
      <PageHead title={[eventName(event), issueKey].filter(Boolean).join(', ')} aside={<StatusBadge tone={OUTCOME_TONES[outcome]} icon={OUTCOME_ICONS[outcome]}>{texts.outcomes[outcome]}</StatusBadge>} />
      <Notice tone={OUTCOME_TONES[outcome]} title={reason ? texts.reasons[reason] : t.waiting} role={outcome === 'pending' ? 'status' : undefined}>
        {detail && <p>{detail}</p>}
        {fixHint && <p><strong>{t.whatToDo}:</strong> {fixHint}</p>}
        {delivery.jobId && <p><Link to={`/jobs/${delivery.jobId}`}>{t.openJob}</Link></p>}
      </Notice>
      <Section title={t.trace}>
        {trace.length > 0 ? <StepList label={t.trace} steps={trace.map(toStep)} /> : <p className="ui-muted">{t.noTrace}</p>}
      </Section>
      <DeliveryFacts delivery={delivery} />
      <Payload delivery={delivery} />
    </>
  );
}

const STEP_TONES: Record<TraceStep['result'], Tone> = { yes: 'good', no: 'warning', info: 'neutral', error: 'bad' };
const STEP_ICONS: Record<TraceStep['result'], IconName> = { yes: 'check', no: 'minus', info: 'info', error: 'cross' };

function toStep({ step, result, detail, at }: TraceStep, place: number) {
  return { key: `${place}`, tone: STEP_TONES[result], icon: STEP_ICONS[result], word: texts.traceWords[result], title: texts.traceSteps[step] ?? step, detail, time: <PreciseMoment at={at} /> };
}

function DeliveryFacts({ delivery }: { delivery: DeliveryDetail }) {
  const integrations = useQuery(integrationsQuery);
  const site = integrations.data?.items.find(({ connection }) => connection?.id === delivery.connectionId)?.connection?.site;
  const t = activityTexts.delivery;
  const moment = (at: string) => <Moment at={at} justNow={texts.common.justNow} />;
  const another = (id: string) => <Link to={`/deliveries/${id}`}>{t.anotherDelivery}</Link>;
  const facts: [string, ReactNode][] = [
    [t.event, <span className="mono">{delivery.event}</span>],
    [t.issue, delivery.issueKey],
    [t.actor, delivery.actor],
    [t.site, site],
    [t.received, moment(delivery.receivedAt)],
    [t.settled, delivery.settledAt && moment(delivery.settledAt)],
    [t.attempts, delivery.attempts > 1 ? String(delivery.attempts) : null],
    [t.signedWith, t.signed[delivery.signedWith]],
    [t.origin, t.origins[delivery.origin]],
    [t.originOf, delivery.originDeliveryId && another(delivery.originDeliveryId)],
    [t.duplicateOf, delivery.duplicateOf && another(delivery.duplicateOf)],
    [t.duplicates, delivery.duplicates > 0 ? t.times(delivery.duplicates) : null],
  ];
  return <Section title={t.facts}><Facts items={facts.flatMap(([name, value]) => (value ? [{ name, value }] : []))} /></Section>;
}

/** Only those who manage the connection get the payload from the server; only they can run it again. */
function Payload({ delivery: { id, headers, payload } }: { delivery: DeliveryDetail }) {
  const t = activityTexts.delivery;
  if (payload === null || payload === undefined) return <Section title={t.payload}><p className="ui-muted">{t.noPayload}</p></Section>;
  return (
    <Section title={t.payload}>
      <Replay id={id} />
      <p className="ui-muted">{t.payloadText}</p>
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
