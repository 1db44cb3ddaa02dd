import type { Me, OwnedConnection } from '@openhands-jira/contracts';
import { Button, EmptyBlock, LoadingBlock, Section } from '@openhands-jira/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { LoadFailure } from '../../app/load-failure.js';
import { ownerTexts as t } from '../../texts-of-owners.js';
import { texts } from '../../texts.js';
import { HandOverDialog } from './hand-over-dialog.js';
import { ownersQuery } from './owners.js';
import { OwnersTable, type OwnerWish } from './owners-table.js';
import { TakeOverDialog } from './take-over-dialog.js';

/** Who looks after which connection, and giving one another owner. */
export function OwnersList({ me }: { me: Me }) {
  const [asked, setAsked] = useState<{ wish: OwnerWish; connection: OwnedConnection } | null>(null);
  const owners = useInfiniteQuery(ownersQuery);
  const connections = owners.data?.pages.flatMap((page) => page.items);
  const close = () => setAsked(null);
  return (
    <Section title={t.title}>
      <p className="ui-muted">{t.intro}</p>
      {owners.isPending && <LoadingBlock label={texts.common.loading} lines={2} />}
      {owners.isError && !connections && <LoadFailure query={owners} />}
      {connections?.length === 0 && <EmptyBlock title={t.none}>{t.noneText}</EmptyBlock>}
      {connections && connections.length > 0 && <OwnersTable connections={connections} userId={me.id} onWish={(wish, connection) => setAsked({ wish, connection })} />}
      {owners.hasNextPage && <div><Button variant="default" loading={owners.isFetchingNextPage} onClick={() => void owners.fetchNextPage()}>{t.more}</Button></div>}
      {asked?.wish === 'take-over' && <TakeOverDialog connection={asked.connection} userId={me.id} onClose={close} />}
      {asked?.wish === 'hand-over' && <HandOverDialog connection={asked.connection} onClose={close} />}
    </Section>
  );
}
