import { TextInput } from '@mantine/core';
import { Button } from '@openhands-jira/ui';
import { type FormEvent, useState } from 'react';
import { peopleTexts as t } from '../../texts-of-people.js';

/** Looks for people by a part of their name. `search` is what the list shows now, and empty when it shows all. */
export function PeopleSearch({ label, search, onSearch }: { label: string; search: string; onSearch: (search: string) => void }) {
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
      <TextInput label={label} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} maxLength={255} autoComplete="off" spellCheck={false} />
      <div className="ui-row">
        <Button type="submit" variant="default">{t.find}</Button>
        {search && <Button variant="default" onClick={showAll}>{t.all}</Button>}
      </div>
    </form>
  );
}
