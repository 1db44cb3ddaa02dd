import { NativeSelect, TextInput } from '@mantine/core';
import { JobState } from '@openhands-jira/contracts';
import { Button, EmptyBlock, LoadingBlock, Section } from '@openhands-jira/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useSearch } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { activityTexts } from '../../texts-of-activity.js';
import * as codeTexts from '../../texts-of-codes.js';
import { texts } from '../../texts.js';
import { ActivityHead } from '../deliveries/activity-tabs.js';
import { searchOf } from '../deliveries/deliveries.js';
import { ListFoot } from '../deliveries/list-foot.js';
import { HowToAsk } from '../integrations/how-to-ask.js';
import { JobsTable } from './jobs-table.js';
import { type JobFilter, jobsQuery } from './jobs.js';

/** What OpenHands was asked to do, and how far it is. The filters live in the address. */
export function JobsPage() {
  const [query, setQuery] = useSearch();
  const filter: JobFilter = { state: JobState.safeParse(query.get('state')).data, issueKey: query.get('issueKey') || undefined };
  const filtered = Boolean(filter.state ?? filter.issueKey);
  const jobs = useInfiniteQuery(jobsQuery(filter, true));
  const items = jobs.data?.pages.flatMap((page) => page.items);
  const t = activityTexts.activity;

  return (
    <>
      <ActivityHead />
      <Section title={t.filters}><Filters key={query.toString()} filter={filter} filtered={filtered} onFilter={(next) => setQuery(searchOf({ ...next }))} /></Section>
      {jobs.isPending && <LoadingBlock label={texts.common.loading} />}
      {jobs.isError && <LoadFailure query={jobs} />}
      {items?.length === 0 && <EmptyBlock title={filtered ? t.emptyFiltered : t.noJobs}>{filtered ? null : <>{t.noJobsText} <HowToAsk /></>}</EmptyBlock>}
      {items && items.length > 0 && <Section title={t.jobs}><JobsTable jobs={items} caption={t.jobsCaption} /></Section>}
      <ListFoot list={jobs} queryKey={jobsQuery(filter, true).queryKey} />
    </>
  );
}

function Filters({ filter, filtered, onFilter }: { filter: JobFilter; filtered: boolean; onFilter: (filter: JobFilter) => void }) {
  const [typed, setTyped] = useState(filter);
  const t = activityTexts.activity;

  function submit(event: FormEvent): void {
    event.preventDefault();
    onFilter({ ...typed, issueKey: typed.issueKey?.trim().toUpperCase() });
  }

  return (
    <form className="filters" onSubmit={submit}>
      <NativeSelect label={t.state} value={typed.state ?? ''} onChange={(event) => setTyped({ ...typed, state: event.currentTarget.value })} data={[{ value: '', label: t.anyState }, ...JobState.options.map((value) => ({ value, label: codeTexts.jobStates[value] }))]} />
      <TextInput label={t.issue} placeholder={t.issuePlaceholder} value={typed.issueKey ?? ''} onChange={(event) => setTyped({ ...typed, issueKey: event.currentTarget.value })} autoComplete="off" autoCapitalize="characters" spellCheck={false} />
      <div className="ui-row">
        <Button type="submit">{t.apply}</Button>
        {filtered && <Button variant="default" onClick={() => onFilter({})}>{t.clear}</Button>}
      </div>
    </form>
  );
}
