import { TextInput } from '@mantine/core';
import type { Connection, Integration } from '@openhands-jira/contracts';
import { Button, Dialog, Notice, useAnnounce } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useGoTo } from '../../lib/router.js';
import { useAction } from '../../lib/use-action.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { texts } from '../../texts.js';
import { integrationsQuery, useFreshIntegrations } from '../integrations/integrations.js';
import { unlink } from './workspaces.js';

/** The workspace's name, which cannot be changed, and "Unlink" beside it. */
export function UnlinkRow({ integration, connection }: { integration: Integration; connection: Connection }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <div className="locked">
        <div>
          <p className="ui-label">{cloudTexts.workspace}</p>
          <p className="mono">{connection.site}</p>
        </div>
        {integration.capabilities.includes('unlink') && <Button variant="default" onClick={() => setAsking(true)}>{cloudTexts.unlink}</Button>}
      </div>
      {asking && <UnlinkDialog connection={connection} people={integration.linkedPeople} onClose={() => setAsking(false)} />}
    </>
  );
}

/** Spells out what the click does. The owner ends the work of a whole team, so the name has to be typed. */
function UnlinkDialog({ connection: { id, site, ownedByCaller: asOwner }, people, onClose }: { connection: Connection; people: number | null; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [mistyped, setMistyped] = useState(false);
  const leave = useUnlink();
  useFreshIntegrations();
  const t = cloudTexts;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const wrong = asOwner && typed.trim().toLowerCase() !== site;
    setMistyped(wrong);
    if (!wrong) await leave.run(id);
  }

  return (
    <Dialog title={asOwner ? t.unlinkOwnerTitle(site) : t.unlinkMemberTitle} closing={texts.common.closing} onClose={onClose}>
      <form noValidate className="ui-stack" onSubmit={(event) => void submit(event)}>
        {asOwner ? <OwnerConsequences people={people} /> : <p>{t.unlinkMemberText(site)}</p>}
        {asOwner && <TextInput label={t.unlinkType(site)} value={typed} onChange={(event) => { setTyped(event.currentTarget.value); setMistyped(false); }} error={mistyped && t.unlinkTypeWrong(site)} autoComplete="off" autoCapitalize="off" spellCheck={false} />}
        {leave.failure && <Notice tone="bad" role="alert">{leave.failure.message}</Notice>}
        <div className="ui-row">
          <Button type="submit" variant="danger" loading={leave.pending}>{t.unlink}</Button>
          <Button variant="default" onClick={onClose}>{texts.common.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function OwnerConsequences({ people }: { people: number | null }) {
  const t = cloudTexts;
  return (
    <>
      {t.unlinkOwnerTexts.map((text) => <p key={text}>{text}</p>)}
      <ul className="how-to">{t.unlinkOwnerPoints(people).map((point) => <li key={point}>{point}</li>)}</ul>
    </>
  );
}

/** Unlinks, and goes back to the list that shows what the server knows now. */
function useUnlink() {
  const queries = useQueryClient();
  const goTo = useGoTo();
  const announce = useAnnounce();
  const [perform] = useState(() => async (connectionId: string) => {
    await unlink(connectionId);
    await queries.invalidateQueries({ queryKey: integrationsQuery.queryKey });
    announce(cloudTexts.unlinkDone);
    goTo('/settings/integrations');
  });
  return useAction(perform);
}
