import { Notice } from '@openhands-jira/ui';
import { FieldHint } from '../../app/field-hint.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import type { AccountCheckState } from './use-account-check.js';

/** What Jira said about the service account that was typed. What is wrong with a field stands at that field instead. */
export function AccountCheck({ state }: { state: AccountCheckState }) {
  const t = cloudTexts;
  switch (state.kind) {
    case 'idle': return null;
    case 'checking': return <FieldHint>{t.checking}</FieldHint>;
    case 'skipped': return <FieldHint>{t.checkSkipped}</FieldHint>;
    case 'failed': return <Notice tone="bad" role="alert">{state.message}</Notice>;
    case 'passed': return (
      <Notice tone="good" title={t.checkPassed}>
        <ul className="how-to">{state.found.map((one) => <li key={one}>{one}</li>)}</ul>
      </Notice>
    );
  }
}
