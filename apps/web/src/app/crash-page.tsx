import { Button } from '@mantine/core';
import { Notice } from '@openhands-jira/ui';
import { texts } from '../texts.js';
import { PageHead } from './page-head.js';

/** When a screen cannot be shown at all, for example because its program was replaced by a newer version. */
export function CrashPage() {
  return (
    <main className="frame-main">
      <PageHead title={texts.app.crashed} />
      <Notice tone="bad" role="alert">
        <p>{texts.app.crashedText}</p>
        <Button variant="default" onClick={() => window.location.reload()}>{texts.app.reload}</Button>
      </Notice>
    </main>
  );
}
