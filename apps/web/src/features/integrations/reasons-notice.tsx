import type { Integration } from '@openhands-jira/contracts';
import { Notice, type Tone } from '@openhands-jira/ui';
import { texts } from '../../texts.js';
import { onlyEnd, toneOf } from './integrations.js';

/** Why an integration stands as it does, in the server's words. */
export function ReasonsNotice({ integration }: { integration: Integration }) {
  const { reasons } = integration;
  if (reasons.length === 0) return null;
  const tone = noticeTone(integration);
  return (
    <Notice tone={tone} title={titleOf(integration, tone)}>
      {reasons.map(({ code, detail }) => <p key={code}>{detail}</p>)}
    </Notice>
  );
}

/** The nearer the end of a token, the plainer the words. */
function titleOf({ reasons }: Integration, tone: Tone): string | undefined {
  const daysLeft = onlyEnd(reasons);
  if (daysLeft !== null) return texts.integrations.tokenEnds(daysLeft);
  return tone === 'warning' || tone === 'bad' ? texts.integrations.reasons : undefined;
}

/** What is said of something that works is news, for example that nothing has come yet. */
function noticeTone(integration: Integration): Tone {
  const tone = toneOf(integration);
  return tone === 'good' ? 'progress' : tone;
}
