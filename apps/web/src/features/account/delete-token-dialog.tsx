import type { ApiToken } from '@openhands-jira/contracts';
import { Button, Dialog, Notice, useAnnounce } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useAction } from '../../lib/use-action.js';
import { accountTexts } from '../../texts-of-account.js';
import { texts } from '../../texts.js';
import { apiTokensQuery, deleteApiToken } from './account.js';

/** Asks once more, because programs that use the token stop working at once. */
export function DeleteTokenDialog({ token, onClose }: { token: ApiToken; onClose: () => void }) {
  const remove = useAction(deleteApiToken);
  const queries = useQueryClient();
  const announce = useAnnounce();
  const t = accountTexts;

  async function run(): Promise<void> {
    const result = await remove.run(token.id);
    if (!result.ok) return;
    await queries.invalidateQueries({ queryKey: apiTokensQuery.queryKey });
    announce(t.deleted);
    onClose();
  }

  return (
    <Dialog title={t.deleteTitle(token.name)} closing={texts.common.closing} onClose={onClose}>
      <div className="ui-stack">
        <p>{t.deleteText}</p>
        {remove.failure && <Notice tone="bad" role="alert">{remove.failure.message}</Notice>}
        <div className="ui-row">
          <Button variant="danger" loading={remove.pending} onClick={() => void run()}>{t.deleteToken}</Button>
          <Button variant="default" onClick={onClose}>{texts.common.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
