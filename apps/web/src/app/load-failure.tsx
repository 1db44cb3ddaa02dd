import { ErrorBlock } from '@openhands-jira/ui';
import { sentenceOf } from '../lib/query.js';
import { texts } from '../texts.js';

/** A query that failed, with its reason in words and another try. */
export function LoadFailure({ query }: { query: { error: Error | null; refetch: () => unknown } }) {
  return <ErrorBlock title={texts.failures.loading} detail={sentenceOf(query.error)} retryLabel={texts.common.retry} onRetry={() => void query.refetch()} />;
}
