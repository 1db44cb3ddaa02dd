import { Button } from '@openhands-jira/ui';
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { activityTexts } from '../../texts-of-activity.js';

export interface ListFootProps {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown>; data: { pages: unknown[] } | undefined };
  queryKey: QueryKey;
}

/** The end of a long list: older ones, and the way back to the newest, where the list is live. */
export function ListFoot({ list, queryKey }: ListFootProps) {
  const queries = useQueryClient();
  const back = useRef<HTMLButtonElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const isBack = (list.data?.pages.length ?? 0) > 1;
  const t = activityTexts.activity;

  /** A button that waits is disabled, and one that has done its work is gone: both lose the focus. */
  async function showOlder(): Promise<void> {
    await list.fetchNextPage();
    setTimeout(() => (more.current ?? back.current)?.focus());
  }

  async function backToNewest(): Promise<void> {
    await queries.resetQueries({ queryKey, exact: true });
    document.querySelector('h1')?.focus();
  }

  if (!list.hasNextPage && !isBack) return null;
  return (
    <div className="ui-row">
      {list.hasNextPage && <Button ref={more} variant="default" loading={list.isFetchingNextPage} onClick={() => void showOlder()}>{t.more}</Button>}
      {isBack && <Button ref={back} variant="default" onClick={() => void backToNewest()}>{t.toNewest}</Button>}
      {isBack && <span className="ui-muted" role="status">{t.livePaused}</span>}
    </div>
  );
}
