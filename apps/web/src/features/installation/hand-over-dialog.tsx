import type { KnownPerson, OwnedConnection } from '@openhands-jira/contracts';
import { Button, Dialog, Notice, useAnnounce } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '../../lib/use-action.js';
import { ownerTexts as t } from '../../texts-of-owners.js';
import { texts } from '../../texts.js';
import { CandidateChoice } from './candidate-choice.js';
import { OwnerConsequences } from './owner-consequences.js';
import { changeOwner, readOwnersAgain } from './owners.js';

/** Asks to whom a connection goes, and says what follows. */
export function HandOverDialog({ connection, onClose }: { connection: OwnedConnection; onClose: () => void }) {
  const [chosen, setChosen] = useState<KnownPerson | null>(null);
  const [isMissing, setMissing] = useState(false);
  const change = useAction(changeOwner);
  const queries = useQueryClient();
  const announce = useAnnounce();

  async function run(): Promise<void> {
    setMissing(chosen === null);
    if (chosen === null) return;
    const result = await change.run(connection.id, chosen.id);
    if (!result.ok) return;
    await readOwnersAgain(queries);
    announce(t.handedOver(connection.site, chosen.name));
    onClose();
  }

  return (
    <Dialog title={t.handOverTitle(connection.site)} closing={texts.common.closing} onClose={onClose}>
      <div className="ui-stack">
        <OwnerConsequences connection={connection} next="other" />
        <CandidateChoice connection={connection} chosen={chosen} onChoose={setChosen} />
        {isMissing && chosen === null && <Notice tone="bad" role="alert">{t.chooseFirst}</Notice>}
        {change.failure && <Notice tone="bad" role="alert">{change.failure.message}</Notice>}
        <div className="ui-row">
          <Button loading={change.pending} onClick={() => void run()}>{t.handOver}</Button>
          <Button variant="default" onClick={onClose}>{texts.common.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
