import { NativeSelect, TextInput } from '@mantine/core';
import { DeliveryOutcome, type DeliveryOverview, type DeliveryReason } from '@openhands-jira/contracts';
import { Button } from '@openhands-jira/ui';
import { type FormEvent, useId, useRef, useState } from 'react';
import { activityTexts } from '../../texts-of-activity.js';
import * as codeTexts from '../../texts-of-codes.js';
import { countFilters, type DeliveryFilter, mistakeInDays, reasonsOf, type Span, SPANS } from './delivery-filter.js';

export interface DeliveryFiltersProps {
  filter: DeliveryFilter;
  onFilter: (filter: DeliveryFilter) => void;
  connections: DeliveryOverview['connections'];
  /** Names to propose. */
  people: string[];
}

/** The filters of the delivery log. They take effect with the button, all at once. */
export function DeliveryFilters({ filter, onFilter, connections, people }: DeliveryFiltersProps) {
  const [typed, setTyped] = useState(filter);
  const [wrong, setWrong] = useState<string | null>(null);
  const change = (values: DeliveryFilter): void => setTyped({ ...typed, ...values });
  const from = useRef<HTMLInputElement>(null);
  const t = activityTexts.activity;

  function submit(event: FormEvent): void {
    event.preventDefault();
    const mistake = mistakeInDays(typed);
    setWrong(mistake);
    if (mistake) from.current?.focus();
    else onFilter({ ...typed, issueKey: typed.issueKey?.trim().toUpperCase(), actor: typed.actor?.trim() });
  }

  return (
    <form noValidate className="ui-stack" onSubmit={submit}>
      <div className="filters">
        <What typed={typed} onChange={change} />
        <TextInput label={t.issue} placeholder={t.issuePlaceholder} value={typed.issueKey ?? ''} onChange={(event) => change({ issueKey: event.currentTarget.value })} maxLength={255} autoComplete="off" autoCapitalize="characters" spellCheck={false} />
        <Who typed={typed} onChange={change} people={people} />
        {connections.length > 1 && <NativeSelect label={t.site} value={typed.connectionId ?? ''} onChange={(event) => change({ connectionId: event.currentTarget.value || undefined })} data={[{ value: '', label: t.anySite }, ...connections.map(({ id, site }) => ({ value: id, label: site }))]} />}
        <NativeSelect label={t.time} value={typed.within ?? ''} onChange={(event) => change({ within: (event.currentTarget.value || undefined) as Span | undefined, from: undefined, to: undefined })} data={[{ value: '', label: t.anyTime }, ...Object.keys(SPANS).map((span) => ({ value: span, label: t.spans[span as Span] }))]} />
        {!typed.within && (
          <>
            <TextInput ref={from} type="date" label={t.from} value={typed.from ?? ''} error={wrong} onChange={(event) => change({ from: event.currentTarget.value || undefined })} />
            <TextInput type="date" label={t.to} value={typed.to ?? ''} onChange={(event) => change({ to: event.currentTarget.value || undefined })} />
          </>
        )}
      </div>
      <div className="ui-row">
        <Button type="submit">{t.apply}</Button>
        {countFilters(filter) > 0 && <Button variant="default" onClick={() => onFilter({})}>{t.clear}</Button>}
      </div>
    </form>
  );
}

interface PartProps {
  typed: DeliveryFilter;
  onChange: (values: DeliveryFilter) => void;
}

/** Outcome, and the reasons that belong to it. */
function What({ typed, onChange }: PartProps) {
  const t = activityTexts.activity;
  const outcomes = DeliveryOutcome.options.filter((outcome) => outcome !== 'rejected').map((value) => ({ value, label: codeTexts.outcomes[value] }));
  const groups = reasonsOf(typed.outcome).map(({ outcome, reasons }) => ({ group: codeTexts.outcomes[outcome], items: reasons.map((value) => ({ value, label: codeTexts.reasons[value] })) }));
  return (
    <>
      <NativeSelect label={t.outcome} value={typed.outcome ?? ''} onChange={(event) => onChange({ outcome: (event.currentTarget.value || undefined) as DeliveryOutcome | undefined, reason: undefined })} data={[{ value: '', label: t.anyOutcome }, ...outcomes]} />
      <NativeSelect label={t.reason} value={typed.reason ?? ''} onChange={(event) => onChange({ reason: (event.currentTarget.value || undefined) as DeliveryReason | undefined })} data={[{ value: '', label: t.anyReason }, ...groups]} />
    </>
  );
}

function Who({ typed, onChange, people }: PartProps & { people: string[] }) {
  const id = useId();
  const t = activityTexts.activity;
  return (
    <div>
      <TextInput label={t.actor} placeholder={t.actorPlaceholder} value={typed.actor ?? ''} onChange={(event) => onChange({ actor: event.currentTarget.value })} list={id} maxLength={255} autoComplete="off" spellCheck={false} />
      <datalist id={id}>{people.map((name) => <option key={name} value={name} />)}</datalist>
    </div>
  );
}
