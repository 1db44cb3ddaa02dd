import type { DeliveryDetail } from '@openhands-jira/contracts';
import { Facts, LoadingBlock, Moment, Section, StatusBadge } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, usePathValues } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { PageHead } from '../../app/page-head.js';
import { isNotFound } from '../../lib/query.js';
import { activityTexts } from '../../texts-of-activity.js';
import * as codeTexts from '../../texts-of-codes.js';
import { texts } from '../../texts.js';
import { DecisionPage } from './decision-page.js';
import { eventName } from './deliveries-table.js';
import { deliveryQuery, OUTCOME_ICONS, OUTCOME_TONES } from './deliveries.js';
import { DeliveryPayload } from './delivery-payload.js';
import { TraceSteps } from './trace-steps.js';
import { Verdict } from './verdict.js';

/** One delivery: how it ended, why, what to do, and every step of the decision. */
export function DeliveryPage() {
  const { id = '' } = usePathValues();
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
  const { event, issueKey, outcome, trace } = delivery;
  const t = activityTexts.delivery;
  return (
    <>
      <PageHead title={[eventName(event), issueKey].filter(Boolean).join(', ')} aside={<StatusBadge tone={OUTCOME_TONES[outcome]} icon={OUTCOME_ICONS[outcome]}>{codeTexts.outcomes[outcome]}</StatusBadge>} />
      <Verdict delivery={delivery} />
      <Section title={t.trace}>
        {trace.length > 0 ? <TraceSteps label={t.trace} trace={trace} /> : <p className="ui-muted">{t.noTrace}</p>}
      </Section>
      {delivery.comments.length > 0 && <Section title={t.comments}><Comments delivery={delivery} /></Section>}
      <DeliveryFacts delivery={delivery} />
      <DeliveryPayload delivery={delivery} />
    </>
  );
}

/** What was written into the issue because of this delivery. */
function Comments({ delivery: { comments } }: { delivery: DeliveryDetail }) {
  const { commentStates } = activityTexts.job;
  return <Facts items={comments.map(({ state, writtenAt }, place) => ({ name: activityTexts.delivery.comment(place + 1), value: <>{commentStates[state]} {writtenAt && <Moment at={writtenAt} justNow={texts.common.justNow} />}</> }))} />;
}

function DeliveryFacts({ delivery }: { delivery: DeliveryDetail }) {
  const t = activityTexts.delivery;
  const moment = (at: string) => <Moment at={at} justNow={texts.common.justNow} />;
  const another = (id: string) => <Link to={`/deliveries/${id}`}>{t.anotherDelivery}</Link>;
  const facts: [string, ReactNode][] = [
    [t.event, <span className="mono">{delivery.event}</span>],
    [t.issue, delivery.issueKey],
    [t.actor, delivery.actor],
    [t.site, delivery.site],
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
