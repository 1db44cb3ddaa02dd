import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import type { PersonLink, TriedEvent } from '@openhands-jira/contracts';
import { Button, ChoiceGroup, LoadingBlock, Notice, Section } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, usePathValues } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { NotFoundPage } from '../../app/not-found-page.js';
import { PageHead } from '../../app/page-head.js';
import { isNotFound } from '../../lib/query.js';
import { tryTexts as t } from '../../texts-of-trials.js';
import { texts } from '../../texts.js';
import { TrialResult } from '../deliveries/trial-result.js';
import { linkedPeopleQuery } from './try.js';
import { fieldId, type TryDraft, useTryForm } from './use-try-form.js';

/** "Try it": a call that Jira did not make, tried at one connection by those who look after it. For everybody else there is no such page. */
export function TryPage() {
  const { id = '' } = usePathValues();
  const people = useQuery(linkedPeopleQuery(id));
  if (isNotFound(people.error)) return <NotFoundPage />;
  return (
    <>
      <p><Link className="back-link" to="/settings/integrations">{t.back}</Link></p>
      <PageHead title={t.title} intro={t.intro} />
      {people.isPending && <LoadingBlock label={texts.common.loading} />}
      {people.isError && !people.data && <LoadFailure query={people} />}
      {people.data && <TryOut key={id} connectionId={id} people={people.data.items} />}
    </>
  );
}

function TryOut({ connectionId, people }: { connectionId: string; people: PersonLink[] }) {
  const { draft, change, errors, problem, tried, pending, submit, leaveField } = useTryForm(connectionId);
  return (
    <>
      <Section title={t.call}>
        <form noValidate className="ui-stack narrow" onBlur={leaveField} onSubmit={(event) => void submit(event)}>
          <ChoiceGroup label={t.what} choices={t.whats} value={draft.what} onChange={(what) => change({ what })} />
          {draft.what === 'sample'
            ? <SampleFields draft={draft} people={people} errors={errors} change={change} />
            : <Textarea id={fieldId('payload')} label={t.payload} description={t.payloadHelp} rows={10} value={draft.payload} error={errors['payload']} onChange={(event) => change({ payload: event.currentTarget.value })} autoComplete="off" autoCapitalize="off" spellCheck={false} />}
          <NativeSelect label={t.as} value={draft.as} data={t.signatures} onChange={(event) => change({ as: event.currentTarget.value as TryDraft['as'] })} />
          {problem && <Notice tone="bad" role="alert">{problem}</Notice>}
          <div><Button type="submit" loading={pending}>{t.run}</Button></div>
        </form>
      </Section>
      {tried && <Section title={t.found}><Tried tried={tried} /></Section>}
    </>
  );
}

interface SampleFieldsProps {
  draft: TryDraft;
  people: PersonLink[];
  errors: Record<string, string>;
  change: (changes: Partial<TryDraft>) => void;
}

function SampleFields({ draft, people, errors, change }: SampleFieldsProps) {
  const persons = people.map(({ person, jiraDisplayName, jiraAccountId }) => ({ value: jiraAccountId, label: t.person(jiraDisplayName, person.name) }));
  return (
    <>
      <NativeSelect label={t.sample} value={draft.sample} data={t.samples} onChange={(event) => change({ sample: event.currentTarget.value as TryDraft['sample'] })} />
      <TextInput id={fieldId('issueKey')} label={t.issue} description={t.issueHelp} placeholder="PROJ-123" value={draft.issueKey} error={errors['issueKey']} onChange={(event) => change({ issueKey: event.currentTarget.value })} autoComplete="off" autoCapitalize="characters" spellCheck={false} />
      <NativeSelect id={fieldId('jiraAccountId')} label={t.asked} description={persons.length === 0 ? t.nobody : t.askedHelp} value={draft.jiraAccountId} error={errors['jiraAccountId']} data={[{ value: '', label: t.choose }, ...persons]} onChange={(event) => change({ jiraAccountId: event.currentTarget.value })} />
    </>
  );
}

function Tried({ tried }: { tried: TriedEvent }) {
  const { door, readBack } = tried;
  return (
    <>
      {door && <p>{t.door(door.status, door.detail)}</p>}
      <p className="ui-muted">{t.readBack[readBack]}</p>
      <TrialResult trial={tried} />
    </>
  );
}
