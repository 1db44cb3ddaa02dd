import type { HealthCheck } from '@openhands-jira/contracts';
import { Button, Notice, Section, useAnnounce } from '@openhands-jira/ui';
import { useState } from 'react';
import { useAction } from '../../lib/use-action.js';
import { checkTexts as t } from '../../texts-of-checks.js';
import { CheckResults, summaryOf } from './check-results.js';

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
      <TestButton pending={test.pending} failure={test.failure?.message ?? null} hasChanges={hasChanges} onPress={() => void run()} />
      {results && <CheckResults results={results} />}
    </Section>
  );
}

/** The button, and what is to be said before and after it is pressed. */
export function TestButton({ pending, failure, hasChanges, onPress }: { pending: boolean; failure: string | null; hasChanges: boolean; onPress: () => void }) {
  return (
    <>
      {hasChanges && <Notice tone="neutral">{t.unsaved}</Notice>}
      <div className="ui-row">
        <Button variant="default" loading={pending} onClick={onPress}>{t.run}</Button>
        {pending && <span className="ui-muted">{t.testing}</span>}
      </div>
      {failure && <Notice tone="bad" role="alert">{failure}</Notice>}
    </>
  );
}
