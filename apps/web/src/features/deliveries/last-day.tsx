import type { DeliveryOutcome, DeliveryOverview } from '@openhands-jira/contracts';
import { Icon, Moment, Section } from '@openhands-jira/ui';
import { Link } from '../../lib/router.js';
import { activityTexts } from '../../texts-of-activity.js';
import * as codeTexts from '../../texts-of-codes.js';
import { texts } from '../../texts.js';
import { OUTCOME_ICONS, OUTCOME_TONES, searchOf } from './deliveries.js';

const ORDER: DeliveryOutcome[] = ['job', 'refused', 'failed', 'ignored', 'pending', 'rejected'];

/** The last 24 hours in numbers. Each number leads to its deliveries; those that were not let in are told below. */
export function LastDay({ overview: { outcomes } }: { overview: DeliveryOverview }) {
  const t = activityTexts.activity;
  const shown = ORDER.filter((outcome) => outcome !== 'pending' || outcomes[outcome] > 0);
  return (
    <section aria-label={t.lastDay} className="ui-stack">
      <h2 className="how-to-title">{t.lastDay}</h2>
      <ul className="counters">
        {shown.map((outcome) => <li key={outcome} data-tone={outcomes[outcome] > 0 ? OUTCOME_TONES[outcome] : 'neutral'}><Counter outcome={outcome} count={outcomes[outcome]} /></li>)}
      </ul>
    </section>
  );
}

function Counter({ outcome, count }: { outcome: DeliveryOutcome; count: number }) {
  const words = <><span className="counter-number">{count.toLocaleString()}</span> <span className="counter-word"><Icon name={OUTCOME_ICONS[outcome]} size={14} />{codeTexts.outcomes[outcome]}</span></>;
  if (count === 0) return <div>{words}</div>;
  if (outcome === 'rejected') return <a href="#rejected">{words}</a>;
  return <Link to={`/activity?${searchOf({ outcome, within: '24h' })}`}>{words}</Link>;
}

/** Calls that were not let in: nothing of them is kept but these counters. */
export function NotLetIn({ overview: { rejected, connections } }: { overview: DeliveryOverview }) {
  const t = activityTexts.activity;
  if (rejected.length === 0) return null;
  const siteOf = (id: string | null): string => connections.find((one) => one.id === id)?.site ?? (id ? t.otherSite : t.noSite);
  return (
    <Section title={t.notLetIn}>
      <p className="ui-muted" id="rejected">{t.notLetInText}</p>
      <ul className="ui-plain-list ui-stack">
        {rejected.map(({ connectionId, reason, count, lastAt, fixHint }) => (
          <li key={`${connectionId} ${reason}`}>
            <p><strong>{codeTexts.reasons[reason]}</strong> · {siteOf(connectionId)} · {t.calls(count)}</p>
            <p>{fixHint}</p>
            <p className="ui-muted">{t.lastCall} <Moment at={lastAt} justNow={texts.common.justNow} /></p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
