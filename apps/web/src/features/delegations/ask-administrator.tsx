import type { Delegation, DelegationMade } from '@openhands-jira/contracts';
import { Arrival, Button, CopyField, Moment, Notice, useAnnounce } from '@openhands-jira/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '../../lib/use-action.js';
import { delegationTexts as t } from '../../texts-of-delegations.js';
import { texts } from '../../texts.js';
import { delegationQuery, makeDelegation, stateOf, withdrawDelegation } from './delegations.js';

export interface AskAdministratorProps {
  connectionId: string;
  /** The connection waits for "I created the webhook". */
  waitsForConfirmation?: boolean;
}

/** For whoever sets up and is no Jira administrator: a link for the person who is, shown once, and how it stands. */
export function AskAdministrator({ connectionId, waitsForConfirmation = false }: AskAdministratorProps) {
  const query = delegationQuery(connectionId);
  const delegation = useQuery(query).data?.delegation ?? null;
  const [link, setLink] = useState<DelegationMade | null>(null);
  const [withdrawn, setWithdrawn] = useState(false);
  const make = useAction(makeDelegation);
  const withdraw = useAction(withdrawDelegation);
  const queries = useQueryClient();
  const announce = useAnnounce();

  async function makeLink(): Promise<void> {
    setWithdrawn(false);
    const result = await make.run(connectionId);
    if (!result.ok) return;
    setLink(result.value);
    announce(t.made);
    await queries.invalidateQueries({ queryKey: query.queryKey });
  }

  async function endLink(): Promise<void> {
    const result = await withdraw.run(connectionId);
    if (!result.ok) return;
    setLink(null);
    setWithdrawn(true);
    await queries.invalidateQueries({ queryKey: query.queryKey });
  }

  const failure = make.failure ?? withdraw.failure;
  return (
    <details open={delegation !== null || withdrawn || undefined}>
      <summary>{t.ask}</summary>
      <div className="ui-stack">
        <p>{t.askText} {t.askSecret}</p>
        {link && <Arrival><NewLink key={link.url} link={link} /></Arrival>}
        {delegation && <Standing delegation={delegation} waitsForConfirmation={waitsForConfirmation} />}
        {withdrawn && <Notice tone="neutral" role="status">{t.withdrawn}</Notice>}
        {failure && <Notice tone="bad" role="alert">{failure.message}</Notice>}
        <div className="ui-row">
          <Button variant="default" loading={make.pending} onClick={() => void makeLink()}>{delegation ? t.makeAgain : t.make}</Button>
          {delegation && stateOf(delegation) === 'waiting' && <Button variant="default" loading={withdraw.pending} onClick={() => void endLink()}>{t.withdraw}</Button>}
          {delegation && stateOf(delegation) === 'waiting' && <span className="ui-muted">{t.makeAgainHelp}</span>}
        </div>
      </div>
    </details>
  );
}

function NewLink({ link: { url } }: { link: DelegationMade }) {
  return (
    <div className="ui-stack">
      <Notice tone="warning">{t.once}</Notice>
      <CopyField label={t.link} value={url} texts={texts.common.copy} />
    </div>
  );
}

/** Whether it was opened. When the first delivery comes is told beside it, as for everybody who set up a webhook. */
function Standing({ delegation, waitsForConfirmation }: { delegation: Delegation; waitsForConfirmation: boolean }) {
  const { expiresAt, openedAt } = delegation;
  switch (stateOf(delegation)) {
    case 'opened':
      return (
        <Notice tone="progress" role="status">
          <p>{t.opened} {t.openedAt}: <Moment at={openedAt!} justNow={texts.common.justNow} />.</p>
          {waitsForConfirmation && <p>{t.openedConfirm}</p>}
        </Notice>
      );
    case 'waiting': return <p role="status">{t.waiting} {t.until} <Moment at={expiresAt} justNow={texts.common.justNow} />.</p>;
    case 'over': return <p className="ui-muted">{t.over}</p>;
  }
}
