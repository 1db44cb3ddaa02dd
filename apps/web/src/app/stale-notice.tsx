import { Button, Moment, Notice } from '@openhands-jira/ui';
import { sentenceOf } from '../lib/query.js';
import { texts } from '../texts.js';

/** A query that once had an answer and now has none: what the page shows may be old, and since when. */
export function StaleNotice({ query }: { query: { data: unknown; error: Error | null; dataUpdatedAt: number; isFetching: boolean; refetch: () => unknown } }) {
  if (query.error === null || query.data === undefined) return null;
  const t = texts.failures;
  return (
    <Notice tone="warning" title={t.stale} role="status">
      <p>{sentenceOf(query.error)}</p>
      <p>{t.staleSince}: <Moment at={new Date(query.dataUpdatedAt).toISOString()} justNow={texts.common.justNow} />.</p>
      <Button variant="default" size="xs" loading={query.isFetching} onClick={() => void query.refetch()}>{texts.common.retry}</Button>
    </Notice>
  );
}
