import { Button } from '@mantine/core';
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { activityTexts } from '../../texts-of-activity.js';

export interface ListFootProps {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown; data: { pages: unknown[] } | undefined };
  queryKey: QueryKey;
}

/** The end of a long list: older ones, and the way back to the newest, where the list is live. */
export function ListFoot({ list, queryKey }: ListFootProps) {
  const queries = useQueryClient();
  const isBack = (list.data?.pages.length ?? 0) > 1;
  const t = activityTexts.activity;

  async function backToNewest(): Promise<void> {
    await queries.resetQueries({ queryKey, exact: true });
    window.scrollTo({ top: 0 });
  }

  if (!list.hasNextPage && !isBack) return null;
  return (
    <div className="ui-row">
      {list.hasNextPage && <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t.more}</Button>}
      {isBack && <Button variant="default" onClick={() => void backToNewest()}>{t.toNewest}</Button>}
      {isBack && <span className="ui-muted">{t.livePaused}</span>}
    </div>
  );
}
