/**
 * The page that a person wanted before signing in. It comes in the address; while the person is away at the git provider, and
 * after a failure that the server cannot tie to a wish any more, this tab remembers it. The server decides whether it is one
 * of its own pages before it sends anybody there.
 */
const KEY = 'wanted-page';

/** The wish in the address, or, after a failure without one, the wish that this tab remembers. */
export function wantedPage(query: URLSearchParams): string | null {
  const wish = query.get('returnTo');
  if (wish) sessionStorage.setItem(KEY, wish);
  else if (!query.has('error')) sessionStorage.removeItem(KEY);
  return sessionStorage.getItem(KEY);
}
