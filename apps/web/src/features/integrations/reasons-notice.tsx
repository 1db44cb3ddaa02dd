import type { Integration } from '@openhands-jira/contracts';
import { Notice, type Tone } from '@openhands-jira/ui';
import { texts } from '../../texts.js';

/** Why an integration stands as it does, in the server's words. */
export function ReasonsNotice({ integration: { state, reasons } }: { integration: Integration }) {
  if (reasons.length === 0) return null;
  const tone = toneOf(state);
  return (
    <Notice tone={tone} title={tone === 'neutral' ? undefined : texts.integrations.reasons}>
      {reasons.map(({ code, detail }) => <p key={code}>{detail}</p>)}
    </Notice>
  );
}

function toneOf(state: Integration['state']): Tone {
  if (state === 'degraded') return 'bad';
  return state === 'setup_incomplete' || state === 'paused' ? 'warning' : 'neutral';
}
