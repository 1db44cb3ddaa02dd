import type { ConnectionTestDay, HealthCheck } from '@openhands-jira/contracts';
import { Day } from '@openhands-jira/ui';
import { checkTexts as t } from '../../texts-of-checks.js';

/** How one check did on the days before: a row of marks for the eye, and the same in words. Of one day there is nothing to tell. */
export function CheckHistory({ check, days }: { check: HealthCheck['check']; days: ConnectionTestDay[] }) {
  const results = days.flatMap(({ day, checks }) => checks.filter((one) => one.check === check).map(({ result, tookMs }) => ({ day, result, tookMs })));
  if (results.length < 2) return null;
  const times = results.flatMap(({ tookMs }) => (tookMs === undefined ? [] : [tookMs]));
  const failed = results.filter(({ result }) => result === 'fail');
  return (
    <p className="check-history">
      <span className="day-marks" aria-hidden="true">{[...results].reverse().map(({ day, result }) => <span key={day} data-result={result} />)}</span>
      <span>{failed[0] ? <>{t.failedOn(failed.length, results.length)} <Day at={failed[0].day} /></> : t.neverFailed(results.length)}</span>
      {times.length > 1 && <span>{t.tookBetween(Math.min(...times), Math.max(...times))}</span>}
    </p>
  );
}
