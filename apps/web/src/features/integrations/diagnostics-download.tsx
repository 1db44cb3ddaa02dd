import { Diagnostics } from '@openhands-jira/contracts';
import { Button, Notice } from '@openhands-jira/ui';
import { useState } from 'react';
import { request } from '../../lib/api.js';
import { saveFile } from '../../lib/save-file.js';
import { useAction } from '../../lib/use-action.js';
import { checkTexts as t } from '../../texts-of-checks.js';

/** The description of a connection for a support request, as a file. */
export function DiagnosticsDownload({ connectionId }: { connectionId: string }) {
  const [saved, setSaved] = useState(false);
  const load = useAction(loadDiagnostics);

  async function run(): Promise<void> {
    setSaved(false);
    const result = await load.run(connectionId);
    if (!result.ok) return;
    saveFile(`diagnostics-${result.value.madeAt.slice(0, 10)}.json`, JSON.stringify(result.value, null, 2));
    setSaved(true);
  }

  return (
    <details>
      <summary>{t.diagnostics}</summary>
      <div className="ui-stack">
        <p>{t.diagnosticsText}</p>
        <div className="ui-row">
          <Button variant="default" loading={load.pending} onClick={() => void run()}>{t.download}</Button>
          {saved && <span role="status">{t.downloaded}</span>}
        </div>
        {load.failure && <Notice tone="bad" role="alert">{load.failure.message}</Notice>}
      </div>
    </details>
  );
}

/** Read with the contract, so that nothing gets into the file that has no place there. */
function loadDiagnostics(connectionId: string): Promise<Diagnostics> {
  return request(`/api/v1/connections/${connectionId}/diagnostics`, Diagnostics);
}
