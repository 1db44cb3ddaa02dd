import type { DeliveryDetail } from '@openhands-jira/contracts';
import { Notice } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '../../lib/router.js';
import { activityTexts } from '../../texts-of-activity.js';
import * as codeTexts from '../../texts-of-codes.js';
import { meQuery } from '../sign-in/me.js';
import { OUTCOME_TONES } from './deliveries.js';
import { whereToAct } from './where-to-act.js';

/** How a delivery ended, why, what to do, and where it can be done. */
export function Verdict({ delivery }: { delivery: DeliveryDetail }) {
  const { outcome, reason, detail, fixHint, jobId } = delivery;
  const isAdmin = useQuery(meQuery).data?.isAdmin ?? false;
  const place = whereToAct(delivery, isAdmin);
  const t = activityTexts.delivery;
  const title = reason ? codeTexts.reasons[reason] : t.waiting;
  return (
    <Notice tone={OUTCOME_TONES[outcome]} title={title} role={outcome === 'pending' ? 'status' : undefined}>
      {detail && detail !== `${title}.` && <p>{detail}</p>}
      {fixHint && outcome !== 'job' && <p><strong>{t.whatToDo}:</strong> {fixHint}</p>}
      {place && <p><Link to={place.to}>{place.label}</Link></p>}
      {jobId && <p><Link to={`/jobs/${jobId}`}>{t.openJob}</Link></p>}
    </Notice>
  );
}
