import { Button, TextInput } from '@mantine/core';
import type { PersonLink } from '@openhands-jira/contracts';
import { EmptyBlock, LoadingBlock, Section } from '@openhands-jira/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { LoadFailure } from '../../app/load-failure.js';
import { peopleTexts as t } from '../../texts-of-people.js';
import { texts } from '../../texts.js';
import { EndLinkDialog } from './end-link-dialog.js';
import { peopleQuery } from './people.js';
import { PeopleTable } from './people-table.js';

/** Who is linked to which Jira account, and ending a link that should not be. */
export function PeopleList() {
  const [search, setSearch] = useState('');
  const [ending, setEnding] = useState<PersonLink | null>(null);
  const people = useInfiniteQuery(peopleQuery(search));
  const links = people.data?.pages.flatMap((page) => page.items);
  return (
    <Section title={t.title}>
      <p className="ui-muted">{t.intro}</p>
      {(links?.length !== 0 || search !== '') && <Search search={search} onSearch={setSearch} />}
      {people.isPending && <LoadingBlock label={texts.common.loading} lines={2} />}
      {people.isError && !links && <LoadFailure query={people} />}
      {links?.length === 0 && <EmptyBlock title={search ? t.noneFound : t.none}>{search ? null : t.noneText}</EmptyBlock>}
      {links && links.length > 0 && <PeopleTable links={links} onEnd={setEnding} />}
      {people.hasNextPage && <div><Button variant="default" loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>{t.more}</Button></div>}
      {ending && <EndLinkDialog link={ending} onClose={() => setEnding(null)} />}
    </Section>
  );
}

function Search({ search, onSearch }: { search: string; onSearch: (search: string) => void }) {
  const [typed, setTyped] = useState(search);

  function submit(event: FormEvent): void {
    event.preventDefault();
    onSearch(typed.trim());
  }

  function showAll(): void {
    setTyped('');
    onSearch('');
  }

  return (
    <form role="search" className="filters narrow" onSubmit={submit}>
      <TextInput label={t.search} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} maxLength={255} autoComplete="off" spellCheck={false} />
      <div className="ui-row">
        <Button type="submit" variant="default">{t.find}</Button>
        {search && <Button variant="default" onClick={showAll}>{t.all}</Button>}
      </div>
    </form>
  );
}
