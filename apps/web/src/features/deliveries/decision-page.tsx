import type { PublicDecision } from '@openhands-jira/contracts';
import { LoadingBlock, Notice, StatusBadge } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, usePathValues } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { NotFoundPage } from '../../app/not-found-page.js';
import { PageHead } from '../../app/page-head.js';
import { isNotFound } from '../../lib/query.js';
import { activityTexts } from '../../texts-of-activity.js';
import * as codeTexts from '../../texts-of-codes.js';
import { texts } from '../../texts.js';
import { decisionQuery, OUTCOME_ICONS, OUTCOME_TONES } from './deliveries.js';

/**
 * Where the link in our comment leads readers of the issue who are not signed in, or who may not see this delivery: how it
 * ended and what to do, nothing about people or texts.
 */
export function DecisionPage({ signedIn }: { signedIn: boolean }) {
  const { id = '' } = usePathValues();
  const decision = useQuery(decisionQuery(id));
  if (isNotFound(decision.error)) return signedIn ? <NotFoundPage /> : <PageHead title={texts.app.notFound} intro={activityTexts.decision.unknown} />;
  return (
    <>
      {decision.isPending && <LoadingBlock label={texts.common.loading} />}
      {decision.isError && !decision.data && <LoadFailure query={decision} />}
      {decision.data && <DecisionView decision={decision.data} />}
      {decision.data && <p className="ui-muted">{signedIn ? activityTexts.decision.notYours : <>{activityTexts.decision.more} <Link to={`/sign-in?returnTo=${encodeURIComponent(`/deliveries/${id}`)}`}>{texts.signIn.title}</Link></>}</p>}
    </>
  );
}

function DecisionView({ decision: { outcome, reason, title, fixHint } }: { decision: PublicDecision }) {
  const t = activityTexts.delivery;
  return (
    <>
      <PageHead title={activityTexts.decision.title} aside={<StatusBadge tone={OUTCOME_TONES[outcome]} icon={OUTCOME_ICONS[outcome]}>{codeTexts.outcomes[outcome]}</StatusBadge>} />
      <Notice tone={OUTCOME_TONES[outcome]} title={title ?? (reason ? codeTexts.reasons[reason] : t.waiting)} role={outcome === 'pending' ? 'status' : undefined}>
        {fixHint && <p><strong>{t.whatToDo}:</strong> {fixHint}</p>}
      </Notice>
    </>
  );
}
