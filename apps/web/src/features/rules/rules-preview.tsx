import type { ConnectionRules, RulesPreview as Preview } from '@openhands-jira/contracts';
import { Section } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from '../../lib/router.js';
import { sentenceOf } from '../../lib/query.js';
import { activityTexts } from '../../texts-of-activity.js';
import { rulesTexts as t } from '../../texts-of-rules.js';
import * as codeTexts from '../../texts-of-codes.js';
import { previewQuery } from './rules.js';

/** So long nothing may be typed before the server is asked, in milliseconds. */
const PAUSE_MS = 600;

/** What the rules would change, asked for when the typing pauses. `rules` is null while there is nothing to look at. */
export function useRulesPreview(connectionId: string, rules: ConnectionRules | null): { sentence: string | null; preview: Preview | null } {
  const settled = useSettled(rules);
  const isSettled = JSON.stringify(settled) === JSON.stringify(rules);
  const look = useQuery({ ...previewQuery(connectionId, settled ?? rules!), enabled: settled !== null && isSettled });
  if (rules === null) return { sentence: null, preview: null };
  if (!isSettled || look.isPending) return { sentence: t.previewing, preview: null };
  if (look.isError) return { sentence: `${t.previewFailed} ${sentenceOf(look.error)}`, preview: null };
  return { sentence: t.preview(look.data), preview: look.data };
}

function useSettled(rules: ConnectionRules | null): ConnectionRules | null {
  const [settled, setSettled] = useState<ConnectionRules | null>(null);
  const typed = JSON.stringify(rules);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(typed) as ConnectionRules | null), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}

/** The newest deliveries that would end otherwise, each with how it ended and how it would. */
export function RulesExamples({ preview: { examples } }: { preview: Preview }) {
  if (examples.length === 0) return null;
  return (
    <Section title={t.examples}>
      <p className="ui-muted">{t.examplesIntro}</p>
      <ul className="ui-plain-list ui-stack">
        {examples.map(({ deliveryId, issueKey, now, then }) => (
          <li key={deliveryId}>
            <Link to={`/deliveries/${deliveryId}`}>{t.openDelivery(issueKey ?? activityTexts.activity.noIssue)}</Link>
            <div className="ui-muted">{t.example(codeTexts.reasons[now], codeTexts.reasons[then])}</div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
