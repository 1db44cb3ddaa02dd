import type { Integration, Me } from '@openhands-jira/contracts';
import { type IconName, Section, type Step, StepList, type Tone } from '@openhands-jira/ui';
import { Link } from '../../lib/router.js';
import { readinessTexts as t } from '../../texts-of-readiness.js';
import { texts } from '../../texts.js';
import { type ReadinessLine, readinessOf } from './readiness-lines.js';

const MARKS: Record<ReadinessLine['result'], { tone: Tone; icon: IconName }> = {
  ready: { tone: 'good', icon: 'check' }, todo: { tone: 'warning', icon: 'warning' }, unknown: { tone: 'neutral', icon: 'info' },
};

/** Whether the person who looks can ask for work, line by line with what to do. `used`: the products in use. */
export function Readiness({ me, used }: { me: Me; used: Integration[] }) {
  const trigger = used[0]?.trigger;
  const lines = readinessOf(me, used);
  const todo = lines.filter(({ result }) => result === 'todo').length;
  return (
    <Section title={t.title}>
      <p className="ui-muted">{t.intro}</p>
      <p><strong>{t.summary(todo)}</strong> {todo === 0 && trigger && texts.common.howToAsk(trigger)}</p>
      <StepList label={t.list} steps={lines.map(toStep)} />
    </Section>
  );
}

function toStep({ key, result, detail, place }: ReadinessLine): Step {
  return {
    key, ...MARKS[result], word: t.words[result], title: t.names[key],
    detail: <><p>{detail}</p>{place && <p><Link to={place.to}>{place.word}</Link></p>}</>,
  };
}
