import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { DeliveryOutcome } from '@openhands-jira/contracts';
import { EmptyBlock, LoadingBlock, Section } from '@openhands-jira/ui';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';
import { LoadFailure } from '../../app/load-failure.js';
import { activityTexts } from '../../texts-of-activity.js';
import { texts } from '../../texts.js';
import { integrationsQuery } from '../integrations/integrations.js';
import { ActivityHead } from './activity-tabs.js';
import { DeliveriesTable } from './deliveries-table.js';
import { type DeliveryFilter, deliveriesQuery, searchOf } from './deliveries.js';

/** The delivery log: everything that reached us, with what became of it. The filters live in the address. */
export function DeliveriesPage() {
  const [query, setQuery] = useSearchParams();
  const [live, setLive] = useState(true);
  const filter = readFilter(query);
  const filtered = Boolean(filter.outcome ?? filter.issueKey ?? filter.connectionId);
  const deliveries = useInfiniteQuery(deliveriesQuery(filter, live));
  const items = deliveries.data?.pages.flatMap((page) => page.items);
  const t = activityTexts.activity;

  return (
    <>
      <ActivityHead />
      <Section title={t.filters} aside={<Switch label={t.live} aria-description={t.liveHelp} checked={live} onChange={(event) => setLive(event.currentTarget.checked)} />}>
        <Filters key={query.toString()} filter={filter} onFilter={(next) => setQuery(searchOf({ ...next }))} filtered={filtered} />
      </Section>
      {deliveries.isPending && <LoadingBlock label={texts.common.loading} />}
      {deliveries.isError && <LoadFailure query={deliveries} />}
      {items?.length === 0 && <EmptyBlock title={filtered ? t.emptyFiltered : t.empty}>{filtered ? null : t.emptyText}</EmptyBlock>}
      {items && items.length > 0 && <Section title={t.deliveries}><DeliveriesTable deliveries={items} caption={t.caption} /></Section>}
      {deliveries.hasNextPage && <div><Button variant="default" loading={deliveries.isFetchingNextPage} onClick={() => void deliveries.fetchNextPage()}>{t.more}</Button></div>}
    </>
  );
}

/** Words from the address that are no outcome are dropped: the server would refuse them. */
function readFilter(query: URLSearchParams): DeliveryFilter {
  return {
    outcome: DeliveryOutcome.safeParse(query.get('outcome')).data,
    issueKey: query.get('issueKey') || undefined,
    connectionId: query.get('connectionId') || undefined,
  };
}

function Filters({ filter, onFilter, filtered }: { filter: DeliveryFilter; onFilter: (filter: DeliveryFilter) => void; filtered: boolean }) {
  const [typed, setTyped] = useState(filter);
  const sites = useSites();
  const t = activityTexts.activity;

  function submit(event: FormEvent): void {
    event.preventDefault();
    onFilter({ ...typed, issueKey: typed.issueKey?.trim().toUpperCase() });
  }

  return (
    <form className="filters" onSubmit={submit}>
      <NativeSelect label={t.outcome} value={typed.outcome ?? ''} onChange={(event) => setTyped({ ...typed, outcome: event.currentTarget.value })} data={[{ value: '', label: t.anyOutcome }, ...DeliveryOutcome.options.map((value) => ({ value, label: texts.outcomes[value] }))]} />
      <TextInput label={t.issue} placeholder={t.issuePlaceholder} value={typed.issueKey ?? ''} onChange={(event) => setTyped({ ...typed, issueKey: event.currentTarget.value })} autoComplete="off" autoCapitalize="characters" spellCheck={false} />
      {sites.length > 1 && <NativeSelect label={t.site} value={typed.connectionId ?? ''} onChange={(event) => setTyped({ ...typed, connectionId: event.currentTarget.value })} data={[{ value: '', label: t.anySite }, ...sites]} />}
      <div className="ui-row">
        <Button type="submit">{t.apply}</Button>
        {filtered && <Button variant="default" onClick={() => onFilter({})}>{t.clear}</Button>}
      </div>
    </form>
  );
}

/** The Jira sites that the caller knows, as choices. */
function useSites(): { value: string; label: string }[] {
  const integrations = useQuery(integrationsQuery);
  return (integrations.data?.items ?? []).flatMap(({ connection }) => (connection ? [{ value: connection.id, label: connection.site }] : []));
}
