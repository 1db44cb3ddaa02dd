import type { BulkReplayAccepted } from '@openhands-jira/contracts';
import { Button, Dialog, Notice, useAnnounce } from '@openhands-jira/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '../../lib/use-action.js';
import { activityTexts } from '../../texts-of-activity.js';
import { texts } from '../../texts.js';
import { integrationsQuery } from '../integrations/integrations.js';
import { replayMany } from './deliveries.js';
import type { DeliveryFilter } from './delivery-filter.js';

const t = activityTexts.runAgain;

/** What led to a job is not run again. */
const RUN_AGAIN: readonly (string | undefined)[] = ['failed', 'refused', 'ignored'];

/** Runs again what the filter shows, a hundred at a time: for those who look after a connection. */
export function RunAgain({ filter }: { filter: DeliveryFilter }) {
  const mayReplay = useQuery(integrationsQuery).data?.items.some(({ capabilities }) => capabilities.includes('replay')) ?? false;
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<BulkReplayAccepted | null>(null);
  if (!mayReplay || !RUN_AGAIN.includes(filter.outcome)) return null;
  return (
    <>
      {done && <Outcome done={done} />}
      <div><Button variant="default" onClick={() => setAsking(true)}>{done?.nextCursor ? t.next : t.open}</Button></div>
      {asking && <RunAgainDialog filter={filter} cursor={done?.nextCursor ?? null} onDone={setDone} onClose={() => setAsking(false)} />}
    </>
  );
}

function Outcome({ done: { accepted, skipped, nextCursor } }: { done: BulkReplayAccepted }) {
  return (
    <Notice tone={accepted > 0 ? 'good' : 'neutral'} role="status">
      <p>{t.accepted(accepted)} {skipped > 0 && t.skipped(skipped)} {nextCursor && t.more}</p>
    </Notice>
  );
}

/** Asks once more, and says what running again means. */
function RunAgainDialog({ filter, cursor, onDone, onClose }: { filter: DeliveryFilter; cursor: string | null; onDone: (done: BulkReplayAccepted) => void; onClose: () => void }) {
  const replay = useAction(replayMany);
  const queries = useQueryClient();
  const announce = useAnnounce();

  async function run(): Promise<void> {
    const result = await replay.run(filter, cursor);
    if (!result.ok) return;
    onDone(result.value);
    announce(t.accepted(result.value.accepted));
    onClose();
    await queries.invalidateQueries({ queryKey: ['deliveries-overview'] });
  }

  return (
    <Dialog title={t.title} closing={texts.common.closing} onClose={onClose}>
      <div className="ui-stack">
        {t.texts.map((text) => <p key={text}>{text}</p>)}
        {replay.failure && <Notice tone="bad" role="alert">{replay.failure.message}</Notice>}
        <div className="ui-row">
          <Button loading={replay.pending} onClick={() => void run()}>{t.confirm}</Button>
          <Button variant="default" onClick={onClose}>{texts.common.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
