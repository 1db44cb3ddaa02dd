import { Button } from '@mantine/core';
import type { ConnectionCheck } from '@openhands-jira/contracts';
import { Notice, Section, type Step, StepList, useAnnounce } from '@openhands-jira/ui';
import { useState } from 'react';
import { useAction } from '../../lib/use-action.js';
import { installationTexts as t } from '../../texts-of-installation.js';
import { testDataCenter } from './installation.js';

/** Tries the saved settings and shows each result with what to do. */
export function ConnectionTest({ hasChanges }: { hasChanges: boolean }) {
  const [results, setResults] = useState<ConnectionCheck[] | null>(null);
  const test = useAction(testDataCenter);
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
    <Section title={t.test}>
      <p>{t.testIntro}</p>
      {hasChanges && <Notice tone="neutral">{t.testUnsaved}</Notice>}
      <div className="ui-row">
        <Button variant="default" loading={test.pending} onClick={() => void run()}>{t.runTest}</Button>
        {test.pending && <span className="ui-muted">{t.testing}</span>}
      </div>
      {test.failure && <Notice tone="bad" role="alert">{test.failure.message}</Notice>}
      {results && (
        <>
          <p><strong>{summaryOf(results)}</strong></p>
          <StepList label={t.testResults} steps={results.map(toStep)} />
        </>
      )}
    </Section>
  );
}

function summaryOf(results: ConnectionCheck[]): string {
  return t.summary(results.filter(({ ok }) => !ok).length);
}

function toStep({ check, ok, detail, hint }: ConnectionCheck): Step {
  return { key: check, tone: ok ? 'good' : 'bad', icon: ok ? 'check' : 'cross', word: ok ? t.passed : t.failed, title: t.checks[check], detail: <><p>{detail}</p>{hint && <p>{hint}</p>}</> };
}
