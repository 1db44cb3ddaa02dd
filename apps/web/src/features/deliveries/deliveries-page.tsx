import { Switch } from '@mantine/core';
import { EmptyBlock, LoadingBlock, Section } from '@openhands-jira/ui';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearch } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { activityTexts } from '../../texts-of-activity.js';
import { texts } from '../../texts.js';
import { ActivityHead } from './activity-tabs.js';
import { DeliveriesTable } from './deliveries-table.js';
import { deliveriesQuery, overviewQuery, searchOf } from './deliveries.js';
import { countFilters, type DeliveryFilter, readFilter } from './delivery-filter.js';
import { DeliveryFilters } from './delivery-filters.js';
import { LastDay, NotLetIn } from './last-day.js';
import { ListFoot } from './list-foot.js';
import { RunAgain } from './run-again.js';

/** The delivery log: everything that reached us, with what became of it. The filters live in the address. */
export function DeliveriesPage() {
  const [query, setQuery] = useSearch();
  const [live, setLive] = useState(true);
  const filter = readFilter(query);
  const overview = useQuery(overviewQuery(live));
  const list = useInfiniteQuery(deliveriesQuery(filter, live));
  const pages = list.data?.pages.map(({ items }) => items);
  const people = [...new Set(pages?.flat().flatMap(({ actor }) => actor ?? []))];
  const connections = overview.data?.connections ?? [];
  const t = activityTexts.activity;

  return (
    <>
      <ActivityHead />
      {overview.isError && !overview.data && <LoadFailure query={overview} />}
      {overview.data && <LastDay overview={overview.data} />}
      <FilterSection count={countFilters(filter)} key={query.toString()}>
        <DeliveryFilters filter={filter} connections={connections} people={people} onFilter={(next: DeliveryFilter) => setQuery(searchOf({ ...next }))} />
      </FilterSection>
      <Section title={t.deliveries} aside={<Switch label={t.live} aria-description={t.liveHelp} checked={live} onChange={(event) => setLive(event.currentTarget.checked)} />}>
        {list.isPending && <LoadingBlock label={texts.common.loading} />}
        {list.isError && <LoadFailure query={list} />}
        {pages?.flat().length === 0 && <Nothing filtered={countFilters(filter) > 0} />}
        {pages && pages[0]!.length > 0 && <DeliveriesTable pages={pages} caption={t.caption} showsSite={connections.length > 1} />}
        {pages && pages[0]!.length > 0 && <RunAgain key={searchOf({ ...filter })} filter={filter} />}
        <ListFoot list={list} queryKey={deliveriesQuery(filter, live).queryKey} />
      </Section>
      {overview.data && <NotLetIn overview={overview.data} />}
    </>
  );
}

/** Folded away until it is wanted or in use, so that the list begins near the top also on a telephone. */
function FilterSection({ count, children }: { count: number; children: React.ReactNode }) {
  const t = activityTexts.activity;
  return (
    <details className="ui-section filter-section" open={count > 0}>
      <summary>{t.filters}{count > 0 && <span className="ui-muted"> ({t.active(count)})</span>}</summary>
      {children}
    </details>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const t = activityTexts.activity;
  return <EmptyBlock title={filtered ? t.emptyFiltered : t.empty}>{filtered ? t.emptyFilteredText : t.emptyText}</EmptyBlock>;
}
