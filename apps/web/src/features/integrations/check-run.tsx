import type { HealthCheck } from '@openhands-jira/contracts';
import { Button, type IconName, Moment, Notice, Section, type Step, StepList, type Tone, useAnnounce } from '@openhands-jira/ui';
import { useState } from 'react';
import { useAction } from '../../lib/use-action.js';
import { checkTexts as t } from '../../texts-of-checks.js';
import { texts } from '../../texts.js';

export interface CheckRunProps {
  /** Makes the test. Keep it the same between renders. */
  test: () => Promise<HealthCheck[]>;
  intro: string;
  /** True while something is typed that the test does not know. */
  hasChanges: boolean;
}

/** A test of saved values: the button, and each result with what to do. */
export function CheckRun({ test: perform, intro, hasChanges }: CheckRunProps) {
  const [results, setResults] = useState<HealthCheck[] | null>(null);
  const test = useAction(perform);
  const announce = useAnnounce();

  async function run(): Promise<void> {
    setResults(null);
    announce(t.testing);
    const result = await test.run();
    if (!result.ok) return;
    setResults(result.value);
    announce(summaryOf(result.value));
  }

  return (
    <Section title={t.title}>
      <p>{intro}</p>
      {hasChanges && <Notice tone="neutral">{t.unsaved}</Notice>}
      <div className="ui-row">
        <Button variant="default" loading={test.pending} onClick={() => void run()}>{t.run}</Button>
        {test.pending && <span className="ui-muted">{t.testing}</span>}
      </div>
      {test.failure && <Notice tone="bad" role="alert">{test.failure.message}</Notice>}
      {results && (
        <>
          <p><strong>{summaryOf(results)}</strong></p>
          <StepList label={t.results} steps={results.map(toStep)} />
        </>
      )}
    </Section>
  );
}

function summaryOf(results: HealthCheck[]): string {
  const count = (wanted: HealthCheck['result']) => results.filter(({ result }) => result === wanted).length;
  return t.summary(count('fail'), count('unknown'));
}

const MARKS: Record<HealthCheck['result'], { tone: Tone; icon: IconName }> = {
  pass: { tone: 'good', icon: 'check' }, fail: { tone: 'bad', icon: 'cross' }, unknown: { tone: 'neutral', icon: 'info' },
};

function toStep({ check, result, detail, hint, at }: HealthCheck): Step {
  return {
    key: check, ...MARKS[result], word: t.words[result], title: t.names[check],
    detail: <><p>{detail}</p>{hint && <p>{hint}</p>}</>,
    ...(at && { time: <Moment at={at} justNow={texts.common.justNow} /> }),
  };
}
