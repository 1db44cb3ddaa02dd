import type { ConnectionTestHistory } from '@openhands-jira/contracts';
import { LoadingBlock, Moment, Section, useAnnounce } from '@openhands-jira/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { LoadFailure } from '../../app/load-failure.js';
import { useAction } from '../../lib/use-action.js';
import { checkTexts as t } from '../../texts-of-checks.js';
import { texts } from '../../texts.js';
import { CallbackAddress } from './callback-address.js';
import { CheckResults, summaryOf } from './check-results.js';
import { TestButton } from './check-run.js';
import { DiagnosticsDownload } from './diagnostics-download.js';
import { healthQuery, testConnection } from './connection-tests.js';
import { integrationsQuery } from './integrations.js';
import { LoopTest } from './loop-test.js';

/** How a saved connection does, for whoever looks after it: the latest test with its time, the days before, and a button to test now. */
export function Health({ connectionId, hasChanges = false }: { connectionId: string; hasChanges?: boolean }) {
  const query = healthQuery(connectionId);
  const health = useQuery(query);
  const test = useAction(testConnection);
  const queries = useQueryClient();
  const announce = useAnnounce();

  async function run(): Promise<void> {
    announce(t.testing);
    const result = await test.run(connectionId);
    if (!result.ok) return;
    announce(summaryOf(result.value));
    // Shown at once; then the days with this one, and what the card says of it.
    queries.setQueryData(query.queryKey, (before) => ({ callbackUrl: before?.callbackUrl ?? null, days: before?.days ?? [], latest: { testedAt: new Date().toISOString(), items: result.value } }));
    await Promise.all([query, integrationsQuery].map(({ queryKey }) => queries.invalidateQueries({ queryKey })));
  }

  return (
    <Section title={t.health}>
      <p>{t.intro}</p>
      <TestButton pending={test.pending} failure={test.failure?.message ?? null} hasChanges={hasChanges} onPress={() => void run()} />
      {health.isPending && <LoadingBlock label={texts.common.loading} lines={2} />}
      {health.isError && !health.data && <LoadFailure query={health} />}
      {health.data && <Latest connectionId={connectionId} history={health.data} />}
      <LoopTest connectionId={connectionId} />
      <DiagnosticsDownload connectionId={connectionId} />
    </Section>
  );
}

function Latest({ connectionId, history: { latest, days, callbackUrl } }: { connectionId: string; history: ConnectionTestHistory }) {
  return (
    <>
      {latest ? <LatestResults connectionId={connectionId} latest={latest} days={days} /> : <p className="ui-muted">{t.neverTested}</p>}
      {callbackUrl !== null && <CallbackAddress url={callbackUrl} />}
    </>
  );
}

function LatestResults({ connectionId, latest, days }: { connectionId: string; latest: NonNullable<ConnectionTestHistory['latest']>; days: ConnectionTestHistory['days'] }) {
  return (
    <>
      <p className="ui-muted">{t.lastTested} <Moment at={latest.testedAt} justNow={texts.common.justNow} /></p>
      <CheckResults results={latest.items} days={days} connectionId={connectionId} />
    </>
  );
}
