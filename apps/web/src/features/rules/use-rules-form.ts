import type { ConnectionRules, ConnectionRulesView } from '@openhands-jira/contracts';
import { useAnnounce } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { type FocusEvent, type FormEvent, useCallback, useState } from 'react';
import type { FieldErrors } from '../../lib/form-problems.js';
import { useAction } from '../../lib/use-action.js';
import { useAfterClick } from '../../lib/use-after-click.js';
import { useFocusOnWrong } from '../../lib/use-focus-on-wrong.js';
import { rulesTexts as t } from '../../texts-of-rules.js';
import { placeErrors, readDraft, type RulesDraft } from './rules-draft.js';
import { rulesQuery, saveRules } from './rules.js';
import { useKeptDraft } from './use-kept-draft.js';

const PREFIX = 'rules-';

/** The id of a field's element. */
export const fieldId = (name: string): string => `${PREFIX}${name}`;

export interface RulesForm {
  draft: RulesDraft;
  change: (values: Partial<RulesDraft>) => void;
  /** Messages by field; of fields that were left or sent. */
  errors: FieldErrors;
  /** What the draft stands for while it is right and not saved, else null. */
  unsaved: ConnectionRules | null;
  hasChanges: boolean;
  isFromBefore: boolean;
  pending: boolean;
  problem: string | null;
  said: string | null;
  submit: (event: FormEvent) => Promise<void>;
  leaveField: (event: FocusEvent) => void;
  discard: () => void;
}

/** The form of the rules: checked at the field when it is left, and as a whole before it is sent. */
export function useRulesForm(connectionId: string, saved: ConnectionRules): RulesForm {
  const { draft, change, hasChanges, isFromBefore, reset } = useKeptDraft(connectionId, saved);
  const { errors, check, leaveField, showOthers, forget } = useFieldErrors(draft);
  const save = useAction(useCallback((rules: ConnectionRules) => saveRules(connectionId, rules), [connectionId]));
  const keep = useKeepView(connectionId);
  const announce = useAnnounce();
  const [problem, setProblem] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const focusWrong = useFocusOnWrong(Object.keys(errors), fieldId);
  const read = readDraft(draft);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setProblem(null);
    setSaid(null);
    const rules = check();
    if (rules === null) return focusWrong();
    if (!hasChanges) return setSaid(t.nothingChanged);
    const result = await save.run(rules);
    if (!result.ok) {
      const { fields, others } = placeErrors(draft, result.failure.fields);
      showOthers(fields);
      setProblem(Object.keys(fields).length > 0 ? (others[0] ?? null) : result.failure.message);
      return focusWrong();
    }
    keep(result.value);
    reset(result.value.rules);
    setSaid(t.saved);
  }

  function discard(): void {
    reset(saved);
    forget();
    setProblem(null);
    announce(t.discarded);
  }

  function changeSome(values: Partial<RulesDraft>): void {
    setSaid(null);
    showOthers({});
    if (values.projects && values.projects.length < draft.projects.length) forget();
    change({ ...draft, ...values });
  }

  return { draft, change: changeSome, errors, unsaved: hasChanges && read.ok ? read.rules : null, hasChanges, isFromBefore, pending: save.pending, problem, said, submit, leaveField, discard };
}

/** What is wrong with the draft, shown for fields that were left, for all once it was sent, and what the server found besides. */
function useFieldErrors(draft: RulesDraft) {
  const [left, setLeft] = useState<ReadonlySet<string> | 'all'>(new Set<string>());
  const [others, showOthers] = useState<FieldErrors>({});
  const afterClick = useAfterClick();
  const read = readDraft(draft);
  const found = read.ok ? {} : read.errors;
  const shown = Object.entries(found).filter(([name]) => left === 'all' || left.has(name));

  /** The rules, or null after showing what is wrong with them. */
  function check(): ConnectionRules | null {
    setLeft('all');
    return read.ok ? read.rules : null;
  }

  function leaveField({ target }: FocusEvent): void {
    const { id, value } = target as HTMLInputElement;
    if (left === 'all' || !id.startsWith(PREFIX) || !value) return;
    afterClick(() => setLeft((before) => (before === 'all' ? before : new Set([...before, id.slice(PREFIX.length)]))));
  }

  return { errors: { ...Object.fromEntries(shown), ...others }, check, leaveField, showOthers, forget: () => setLeft(new Set()) };
}

function useKeepView(connectionId: string): (view: ConnectionRulesView) => void {
  const queries = useQueryClient();
  return (view) => {
    queries.setQueryData(rulesQuery(connectionId).queryKey, view);
    void queries.invalidateQueries({ queryKey: ['installation'] });
  };
}
