import type { ConnectionTestDay, HealthCheck } from '@openhands-jira/contracts';
import { type IconName, Moment, type Step, StepList, type Tone } from '@openhands-jira/ui';
import { Link } from '../../lib/router.js';
import { checkTexts as t } from '../../texts-of-checks.js';
import { reasons as reasonTexts } from '../../texts-of-codes.js';
import { texts } from '../../texts.js';
import { CheckHistory } from './check-history.js';

/** What a test found: in one sentence, then each check with what to do, and how it did on the days before. `connectionId`: whose calls are in the log. */
export function CheckResults({ results, days = [], connectionId }: { results: HealthCheck[]; days?: ConnectionTestDay[]; connectionId?: string }) {
  return (
    <>
      <p><strong>{summaryOf(results)}</strong></p>
      <StepList label={t.results} steps={results.map((one) => toStep(one, days, connectionId))} />
    </>
  );
}

/** How many checks failed, in words. */
export function summaryOf(results: HealthCheck[]): string {
  const count = (wanted: HealthCheck['result']) => results.filter(({ result }) => result === wanted).length;
  return t.summary(count('fail'), count('unknown'));
}

const MARKS: Record<HealthCheck['result'], { tone: Tone; icon: IconName }> = {
  pass: { tone: 'good', icon: 'check' }, fail: { tone: 'bad', icon: 'cross' }, unknown: { tone: 'neutral', icon: 'info' },
};

/** Checks about calls that were not let in; the activity tells of each kind. */
const ABOUT_REJECTED: readonly string[] = ['last_rejected', 'refusals'];

function toStep({ check, result, detail, hint, at, tookMs, reasons = [] }: HealthCheck, days: ConnectionTestDay[], connectionId?: string): Step {
  const leadsToLog = connectionId !== undefined && result === 'fail' && ABOUT_REJECTED.includes(check);
  return {
    key: check, ...MARKS[result], word: t.words[result], title: t.names[check],
    detail: <><p>{detail}</p>{hint && <p>{hint}</p>}{leadsToLog && <p><Link to={`/activity?connectionId=${connectionId}`}>{t.seeRejected}</Link></p>}{connectionId !== undefined && reasons.length > 0 && <ReasonLinks reasons={reasons} connectionId={connectionId} />}<CheckHistory check={check} days={days} /></>,
    ...((at || tookMs !== undefined) && { time: <>{at && <Moment at={at} justNow={texts.common.justNow} />}{tookMs !== undefined && t.took(tookMs)}</> }),
  };
}

/** How deliveries ended most often; each leads to those in the log of the last days. */
function ReasonLinks({ reasons, connectionId }: { reasons: NonNullable<HealthCheck['reasons']>; connectionId: string }) {
  return (
    <ul className="how-to" aria-label={t.reasons}>
      {reasons.map(({ outcome, reason, count }) => (
        <li key={`${outcome} ${reason}`}><Link to={`/activity?${new URLSearchParams({ connectionId, outcome, reason, within: '7d' })}`}>{reasonTexts[reason]}</Link>: {count}</li>
      ))}
    </ul>
  );
}
