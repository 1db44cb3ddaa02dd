import { LIVE_MS } from '../../lib/query.js';

/** As much of a list's query as counts here. */
interface ListQuery {
  state: { data: unknown };
}

/**
 * How a long list stays live: while only its newest page is shown it is asked for again and again. Who has gone back to older
 * ones reads in peace; nothing moves, and not every page is fetched again.
 */
export function liveWhileNewest(live: boolean) {
  return {
    refetchInterval: (query: ListQuery) => (live && isNewest(query) ? LIVE_MS : (false as const)),
    refetchOnMount: isNewest,
    refetchOnWindowFocus: isNewest,
    refetchOnReconnect: isNewest,
  };
}

function isNewest({ state }: ListQuery): boolean {
  const list = state.data as { pages: unknown[] } | undefined;
  return (list?.pages.length ?? 0) <= 1;
}
