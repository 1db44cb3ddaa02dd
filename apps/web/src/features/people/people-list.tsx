import type { PersonLink } from '@openhands-jira/contracts';
import { Button, EmptyBlock, LoadingBlock, Section } from '@openhands-jira/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { LoadFailure } from '../../app/load-failure.js';
import { peopleTexts as t } from '../../texts-of-people.js';
import { texts } from '../../texts.js';
import { EndLinkDialog } from './end-link-dialog.js';
import { peopleQuery } from './people.js';
import { PeopleSearch } from './people-search.js';
import { PeopleTable } from './people-table.js';

export interface PeopleListProps {
  /** Where the links come from: `ALL_LINKS`, or those of one connection. */
  place: string;
  title: string;
  intro: string;
}

/** Who is linked to which Jira account, and ending a link that should not be. */
export function PeopleList({ place, title, intro }: PeopleListProps) {
  const [search, setSearch] = useState('');
  const [ending, setEnding] = useState<PersonLink | null>(null);
  const people = useInfiniteQuery(peopleQuery(place, search));
  const links = people.data?.pages.flatMap((page) => page.items);
  return (
    <Section title={title}>
      <p className="ui-muted">{intro}</p>
      {(links?.length !== 0 || search !== '') && <PeopleSearch label={t.search} search={search} onSearch={setSearch} />}
      {people.isPending && <LoadingBlock label={texts.common.loading} lines={2} />}
      {people.isError && !links && <LoadFailure query={people} />}
      {links?.length === 0 && <EmptyBlock title={search ? t.noneFound : t.none}>{search ? null : t.noneText}</EmptyBlock>}
      {links && links.length > 0 && <PeopleTable links={links} onEnd={setEnding} />}
      {people.hasNextPage && <div><Button variant="default" loading={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>{t.more}</Button></div>}
      {ending && <EndLinkDialog place={place} link={ending} onClose={() => setEnding(null)} />}
    </Section>
  );
}
