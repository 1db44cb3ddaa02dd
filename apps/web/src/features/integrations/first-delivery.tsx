import type { Connection } from '@openhands-jira/contracts';
import { Moment, Notice, Section, useAnnounce } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { LIVE_MS } from '../../lib/query.js';
import { texts } from '../../texts.js';
import { integrationsQuery } from './integrations.js';

/**
 * Waits for the first signed delivery and says when it came: the only proof that the webhook is right. A delivery is
 * stored only when its signature fits, so the time of the last one is enough to know. `waiting` says what makes one come.
 */
export function FirstDelivery({ connection, waiting = texts.cloud.firstWaitingText }: { connection: Connection; waiting?: string }) {
  const { lastDeliveryAt } = connection.webhook;
  useQuery({ ...integrationsQuery, refetchInterval: lastDeliveryAt ? false : LIVE_MS });
  useArrival(lastDeliveryAt);
  const t = texts.cloud;

  return (
    <Section title={t.firstTitle}>
      {lastDeliveryAt
        ? <Notice tone="good" title={t.firstArrived}><p>{t.lastArrived}: <Moment at={lastDeliveryAt} justNow={texts.common.justNow} />. <Link to="/activity">{texts.returned.toActivity}</Link></p></Notice>
        : <Notice tone="progress" title={t.firstWaiting}><p><span className="pulse" aria-hidden="true" /> {waiting}</p></Notice>}
    </Section>
  );
}

/** Tells people who cannot see the change. */
function useArrival(lastDeliveryAt: string | null): void {
  const announce = useAnnounce();
  const before = useRef(lastDeliveryAt);
  useEffect(() => {
    if (before.current === null && lastDeliveryAt !== null) announce(texts.cloud.firstArrivedAnnounce);
    before.current = lastDeliveryAt;
  }, [announce, lastDeliveryAt]);
}
