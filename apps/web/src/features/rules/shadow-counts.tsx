import type { ShadowReport } from '@openhands-jira/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '../../lib/router.js';
import * as codeTexts from '../../texts-of-codes.js';
import { rulesTexts as t } from '../../texts-of-rules.js';
import { shadowQuery } from './rules.js';

/** What the connection would have done while it only watched; nothing while it never did. */
export function ShadowCounts({ connectionId }: { connectionId: string }) {
  const report = useQuery(shadowQuery(connectionId)).data;
  if (!report || report.accepted + report.refused === 0) return null;
  return <Report connectionId={connectionId} report={report} />;
}

function Report({ connectionId, report: { accepted, refused, refusals } }: { connectionId: string; report: ShadowReport }) {
  const leadsTo = (reason: string): string => `/activity?connectionId=${connectionId}&reason=${reason}`;
  return (
    <div className="ui-stack">
      <p><strong>{t.shadowReport(accepted, refused)}</strong></p>
      {refusals.length > 0 && <ul className="how-to" aria-label={t.shadowRefusals}>{refusals.map(({ reason, count }) => <li key={reason}>{codeTexts.reasons[reason]}: {count}</li>)}</ul>}
      <p><Link to={leadsTo('shadow_accepted')}>{t.shadowAccepted}</Link> · <Link to={leadsTo('shadow_refused')}>{t.shadowRefused}</Link></p>
    </div>
  );
}
