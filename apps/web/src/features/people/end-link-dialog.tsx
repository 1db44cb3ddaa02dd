import type { PersonLink } from '@openhands-jira/contracts';
import { Button, Dialog, Notice, useAnnounce } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useAction } from '../../lib/use-action.js';
import { peopleTexts as t } from '../../texts-of-people.js';
import { texts } from '../../texts.js';
import { endLink } from './people.js';

/** Asks once more, and says what ending the link means. */
export function EndLinkDialog({ place, link: { id, person, site, method, ownsConnection }, onClose }: { place: string; link: PersonLink; onClose: () => void }) {
  const end = useAction(endLink);
  const queries = useQueryClient();
  const announce = useAnnounce();

  async function run(): Promise<void> {
    const result = await end.run(place, id);
    if (!result.ok) return;
    // People, the number of linked ones, the log of changes, and perhaps the caller's own link.
    await Promise.all(['people', 'installation', 'integrations'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    announce(t.ended(person.name));
    onClose();
  }

  return (
    <Dialog title={t.endTitle(person.name, site)} closing={texts.common.closing} onClose={onClose}>
      <div className="ui-stack">
        <p>{t.endText(person.name)}</p>
        {method === 'email' && <p>{t.endByEmail}</p>}
        {ownsConnection && <p>{t.endOwner}</p>}
        {end.failure && <Notice tone="bad" role="alert">{end.failure.message}</Notice>}
        <div className="ui-row">
          <Button variant="danger" loading={end.pending} onClick={() => void run()}>{t.end}</Button>
          <Button variant="default" onClick={onClose}>{texts.common.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
