import type { OwnedConnection } from '@openhands-jira/contracts';
import { Button, Dialog, Notice, useAnnounce } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useAction } from '../../lib/use-action.js';
import { ownerTexts as t } from '../../texts-of-owners.js';
import { texts } from '../../texts.js';
import { OwnerConsequences } from './owner-consequences.js';
import { changeOwner, readOwnersAgain } from './owners.js';

/** Asks once more before the caller becomes the owner, and says what follows. */
export function TakeOverDialog({ connection, userId, onClose }: { connection: OwnedConnection; userId: string; onClose: () => void }) {
  const change = useAction(changeOwner);
  const queries = useQueryClient();
  const announce = useAnnounce();

  async function run(): Promise<void> {
    const result = await change.run(connection.id, userId);
    if (!result.ok) return;
    await readOwnersAgain(queries);
    announce(t.takenOver(connection.site));
    onClose();
  }

  return (
    <Dialog title={t.takeOverTitle(connection.site)} closing={texts.common.closing} onClose={onClose}>
      <div className="ui-stack">
        <OwnerConsequences connection={connection} next="you" />
        {change.failure && <Notice tone="bad" role="alert">{change.failure.message}</Notice>}
        <div className="ui-row">
          <Button loading={change.pending} onClick={() => void run()}>{t.takeOver}</Button>
          <Button variant="default" onClick={onClose}>{texts.common.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
