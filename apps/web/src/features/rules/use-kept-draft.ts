import type { ConnectionRules } from '@openhands-jira/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type RulesDraft, toDraft, written } from './rules-draft.js';

export interface KeptDraft {
  draft: RulesDraft;
  change: (draft: RulesDraft) => void;
  /** True while the draft says something else than what is saved. */
  hasChanges: boolean;
  /** True when it was begun on an earlier visit of this screen. */
  isFromBefore: boolean;
  /** Goes back to these rules. */
  reset: (rules: ConnectionRules) => void;
}

/**
 * A draft that outlives the screen: whoever follows a link and comes back finds every word again. Closing or reloading the tab asks
 * first. It is forgotten with the sign-out, like all that the page knows.
 */
export function useKeptDraft(connectionId: string, saved: ConnectionRules): KeptDraft {
  const queries = useQueryClient();
  const key = ['rules-draft', connectionId];
  const [draft, setDraft] = useState(() => queries.getQueryData<RulesDraft>(key) ?? toDraft(saved));
  const [isFromBefore, setFromBefore] = useState(() => differs(draft, saved));
  const hasChanges = differs(draft, saved);
  useQuestionBeforeClosing(hasChanges);

  function change(next: RulesDraft): void {
    setDraft(next);
    queries.setQueryDefaults(['rules-draft'], { gcTime: Infinity });
    queries.setQueryData(key, next);
  }

  function reset(rules: ConnectionRules): void {
    queries.removeQueries({ queryKey: key });
    setDraft(toDraft(rules));
    setFromBefore(false);
  }

  return { draft, change, hasChanges, isFromBefore: isFromBefore && hasChanges, reset };
}

function differs(draft: RulesDraft, saved: ConnectionRules): boolean {
  return JSON.stringify(written(draft)) !== JSON.stringify(written(toDraft(saved)));
}

function useQuestionBeforeClosing(hasChanges: boolean): void {
  useEffect(() => {
    if (!hasChanges) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [hasChanges]);
}
