import { type TriedEvent, TryEvent } from '@openhands-jira/contracts';
import { type FocusEvent, type FormEvent, useCallback, useState } from 'react';
import { checkWith, type FieldErrors, placeFailure } from '../../lib/form-problems.js';
import { useAction } from '../../lib/use-action.js';
import { useAfterClick } from '../../lib/use-after-click.js';
import { useFocusOnWrong } from '../../lib/use-focus-on-wrong.js';
import { tryEvent } from './try.js';

/** What is in the form, whether it counts or not: nothing typed is lost by another choice. */
export interface TryDraft {
  what: 'sample' | 'payload';
  sample: NonNullable<TryEvent['sample']>;
  issueKey: string;
  jiraAccountId: string;
  payload: string;
  as: TryEvent['as'];
}

const FIELDS = ['issueKey', 'jiraAccountId', 'payload'] as const;

export function fieldId(name: string): string {
  return `try-${name}`;
}

/** The form of "Try it": what is wrong is said at its field, and the result stays until the next try. */
export function useTryForm(connectionId: string) {
  const [draft, setDraft] = useState<TryDraft>({ what: 'sample', sample: 'mention', issueKey: '', jiraAccountId: '', payload: '', as: 'signed' });
  const [errors, setErrors] = useState<FieldErrors>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [tried, setTried] = useState<TriedEvent | null>(null);
  const { run, pending } = useAction(useCallback((wish: TryEvent) => tryEvent(connectionId, wish), [connectionId]));
  const afterClick = useAfterClick();
  const focusOnWrong = useFocusOnWrong(FIELDS.filter((name) => errors[name]), fieldId);

  function refuse(fields: FieldErrors, words: string | null): void {
    setErrors(fields);
    setProblem(words);
    if (Object.keys(fields).length > 0) focusOnWrong();
  }

  /** For the form's `onBlur`: an issue key that is no key is told when its field is left. */
  function leaveField({ target }: FocusEvent): void {
    if (target.id !== fieldId('issueKey') || draft.issueKey === '') return;
    const { issueKey } = checkWith(TryEvent, wishOf(draft));
    afterClick(() => setErrors(({ issueKey: _, ...others }) => ({ ...others, ...(issueKey && { issueKey }) })));
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const wish = wishOf(draft);
    const wrong = checkWith(TryEvent, wish);
    refuse(wrong, null);
    if (Object.keys(wrong).length > 0) return;
    setTried(null);
    const result = await run(wish);
    if (result.ok) return setTried(result.value);
    const { fields, form } = placeFailure(result.failure, FIELDS);
    refuse(fields, form);
  }

  return { draft, change: (changes: Partial<TryDraft>) => setDraft((before) => ({ ...before, ...changes })), errors, problem, tried, pending, submit, leaveField };
}

/** Only what counts is sent. */
function wishOf({ what, sample, issueKey, jiraAccountId, payload, as }: TryDraft): TryEvent {
  return what === 'payload' ? { payload, as } : { sample, issueKey, jiraAccountId, as };
}
