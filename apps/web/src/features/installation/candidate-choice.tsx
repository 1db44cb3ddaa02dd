import type { KnownPerson, OwnedConnection } from '@openhands-jira/contracts';
import { ChoiceGroup, LoadingBlock } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { LoadFailure } from '../../app/load-failure.js';
import { ownerTexts as t } from '../../texts-of-owners.js';
import { texts } from '../../texts.js';
import { PeopleSearch } from '../people/people-search.js';
import { candidatesQuery } from './owners.js';

export interface CandidateChoiceProps {
  connection: OwnedConnection;
  chosen: KnownPerson | null;
  onChoose: (person: KnownPerson | null) => void;
}

/** The new owner: one of those who are linked on the connection, or, found by name, anybody who signed in here. */
export function CandidateChoice({ connection, chosen, onChoose }: CandidateChoiceProps) {
  const [search, setSearch] = useState('');
  const candidates = useQuery(candidatesQuery(connection.id, search));
  const people = candidates.data?.items.filter(({ id }) => id !== connection.owner?.id);

  /** Who is not shown any more is not chosen any more. */
  function look(wanted: string): void {
    setSearch(wanted);
    onChoose(null);
  }

  return (
    <>
      <PeopleSearch label={t.search} search={search} onSearch={look} />
      {candidates.isPending && <LoadingBlock label={texts.common.loading} lines={2} />}
      {candidates.isError && !people && <LoadFailure query={candidates} />}
      {people && <p className="ui-muted" role="status">{sentence(people.length, search)}</p>}
      {people && people.length > 0 && <ChoiceGroup label={t.newOwner} choices={people.map(choiceOf)} value={chosen?.id ?? ''} onChange={(id) => onChoose(people.find((person) => person.id === id) ?? null)} />}
      {candidates.data?.nextCursor && <p className="ui-muted">{t.moreFound}</p>}
    </>
  );
}

function sentence(count: number, search: string): string {
  if (search) return count === 0 ? t.noneFound : '';
  return count === 0 ? t.noneLinked : t.linkedHere;
}

function choiceOf({ id, name, email }: KnownPerson) {
  return { value: id, label: name, description: email ?? t.noEmail };
}
