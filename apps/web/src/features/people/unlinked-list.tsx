import { Button, CopyField, Section } from '@openhands-jira/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { LoadFailure } from '../../app/load-failure.js';
import { peopleTexts } from '../../texts-of-people.js';
import { texts } from '../../texts.js';
import { ALL_UNLINKED, unlinkedQuery } from './people.js';
import { UnlinkedTable } from './unlinked-table.js';

const t = peopleTexts.unlinked;

/**
 * Who asked in Jira and got nothing because nobody here is linked to them. While there is nobody, there is no such part of the page.
 * `place` is where they come from: `ALL_UNLINKED`, or those of one connection.
 */
export function UnlinkedList({ place }: { place: string }) {
  const query = useInfiniteQuery(unlinkedQuery(place));
  const accounts = query.data?.pages.flatMap((page) => page.items);
  if (!accounts && query.isError) return <Section title={t.title}><LoadFailure query={query} /></Section>;
  if (!accounts || accounts.length === 0) return null;
  return (
    <Section title={t.title}>
      <p className="ui-muted">{t.intro}</p>
      <CopyField label={t.address} description={t.addressHelp} value={`${window.location.origin}/settings/integrations`} texts={texts.common.copy} />
      <UnlinkedTable accounts={accounts} showsSite={place === ALL_UNLINKED} />
      {query.hasNextPage && <div><Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{peopleTexts.more}</Button></div>}
    </Section>
  );
}
