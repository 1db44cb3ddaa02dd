import type { Connection, Integration } from '@openhands-jira/contracts';
import { Moment, Notice, Section, useAnnounce } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link } from '../../lib/router.js';
import { LIVE_MS } from '../../lib/query.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { texts } from '../../texts.js';
import { integrationsQuery } from './integrations.js';

const t = cloudTexts;

/** Once deliveries come, what is said of the last one need not be as new, in milliseconds. */
const SETTLED_MS = 5 * LIVE_MS;

/**
 * Waits for the first signed delivery and says when it came: the only proof that the webhook is right. A delivery is
 * stored only when its signature fits, so the time of the last one is enough to know. Calls that were not let in are told as
 * soon as there are any. Afterwards it goes on looking, less often. `waiting` says what makes a delivery come.
 */
export function FirstDelivery({ integration, connection, waiting = t.firstWaitingText }: { integration: Integration; connection: Connection; waiting?: string }) {
  const { lastDeliveryAt } = connection.webhook;
  const rejected = integration.reasons.find(({ code }) => code === 'deliveries_rejected')?.detail ?? null;
  const isSettled = lastDeliveryAt !== null && rejected === null;
  useQuery({ ...integrationsQuery, refetchInterval: isSettled ? SETTLED_MS : LIVE_MS });
  useAnnounceNew(lastDeliveryAt, t.firstArrivedAnnounce);
  useAnnounceNew(rejected, t.firstRejected);

  return (
    <Section title={t.firstTitle}>
      {rejected && <Notice tone="bad" title={t.firstRejected}><p>{rejected}</p></Notice>}
      {lastDeliveryAt && !rejected && <Notice tone="good" title={t.firstArrived}><p>{t.lastArrived}: <Moment at={lastDeliveryAt} justNow={texts.common.justNow} />. <Link to="/activity">{texts.common.toActivity}</Link></p></Notice>}
      {!lastDeliveryAt && !rejected && <Waiting words={waiting} />}
    </Section>
  );
}

function Waiting({ words }: { words: string }) {
  return (
    <>
      <Notice tone="progress" title={t.firstWaiting}><p><span className="pulse" aria-hidden="true" /> {words}</p></Notice>
      <details>
        <summary>{t.nothingComes}</summary>
        <ul className="how-to">{t.nothingComesPoints.map((point) => <li key={point}>{point}</li>)}</ul>
      </details>
    </>
  );
}

/** Tells people who cannot see that something appeared. */
function useAnnounceNew(value: string | null, words: string): void {
  const announce = useAnnounce();
  const before = useRef(value);
  useEffect(() => {
    if (before.current === null && value !== null) announce(words);
    before.current = value;
  }, [announce, value, words]);
}
