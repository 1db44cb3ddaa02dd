/**
 * Moving between screens without loading the page anew. The browser's own history says where the person is; every screen draws
 * what the address names. Written for what this page needs, because nobody sees the first screen before it has arrived.
 */
import { type AnchorHTMLAttributes, createContext, type MouseEvent, type ReactNode, startTransition, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { PathValues } from './route-patterns.js';

/** Where the person is. `moves` counts how often they went somewhere inside the page; 0 = where the visit began. */
interface Place {
  pathname: string;
  search: string;
  moves: number;
}

/** Goes to another address of the page. `replace`: the back button skips the present one. */
export type GoTo = (to: string, options?: { replace?: boolean }) => void;

const Here = createContext<{ place: Place; goTo: GoTo } | null>(null);
const Values = createContext<PathValues>({});

/** Around everything that moves or asks where it is. */
export function Router({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState(() => readPlace(0));

  // The present screen stays until the next one has arrived, instead of giving way to grey shapes.
  const follow = useCallback(() => startTransition(() => setPlace((before) => (isHere(before) ? before : readPlace(before.moves + 1)))), []);

  const goTo = useCallback<GoTo>((to, { replace = false } = {}) => {
    if (replace) window.history.replaceState(null, '', to);
    else window.history.pushState(null, '', to);
    startTransition(() => setPlace((before) => readPlace(before.moves + 1)));
  }, []);

  useEffect(() => {
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, [follow]);

  const here = useMemo(() => ({ place, goTo }), [place, goTo]);
  return <Here value={here}>{children}</Here>;
}

/** Around a screen: the values of its address, for `usePathValues`. */
export function WithPathValues({ values, children }: { values: PathValues; children: ReactNode }) {
  return <Values value={values}>{children}</Values>;
}

/** Where the person is. */
export function usePlace(): Place {
  return useHere().place;
}

export function useGoTo(): GoTo {
  return useHere().goTo;
}

/** The values in the address of the screen, for example `id` in `/jobs/:id`. */
export function usePathValues(): PathValues {
  return useContext(Values);
}

/** What stands behind the question mark of the address, and a way to put something else there. */
export function useSearch(): [URLSearchParams, (next: string | Record<string, string>) => void] {
  const { place: { pathname, search }, goTo } = useHere();
  const query = useMemo(() => new URLSearchParams(search), [search]);
  const setQuery = useCallback((next: string | Record<string, string>) => {
    const text = new URLSearchParams(next).toString();
    goTo(text ? `${pathname}?${text}` : pathname);
  }, [pathname, goTo]);
  return [query, setQuery];
}

export type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & { to: string };

/** A link inside the page. With a key held, or the wheel, the browser opens it in its own way. */
export function Link({ to, onClick, ...anchor }: LinkProps) {
  const { place, goTo } = useHere();

  function follow(event: MouseEvent<HTMLAnchorElement>): void {
    onClick?.(event);
    if (event.defaultPrevented || !isPlainClick(event)) return;
    event.preventDefault();
    goTo(to, { replace: to === place.pathname + place.search });
  }
  return <a {...anchor} href={to} onClick={follow} />;
}

/** A link of a menu, which says when it leads to the present screen. */
export function MenuLink({ to, ...link }: LinkProps) {
  return <Link {...link} to={to} aria-current={usePlace().pathname === to ? 'page' : undefined} />;
}

/** Leads on to another address at once. */
export function Redirect({ to }: { to: string }) {
  const goTo = useGoTo();
  useEffect(() => goTo(to, { replace: true }), [goTo, to]);
  return null;
}

function useHere(): { place: Place; goTo: GoTo } {
  const here = useContext(Here);
  if (!here) throw new Error('This belongs inside a Router.');
  return here;
}

function readPlace(moves: number): Place {
  const { pathname, search } = window.location;
  return { pathname, search, moves };
}

/** A jump inside a screen, for example to its content, is told by the browser like a move to another one. */
function isHere({ pathname, search }: Place): boolean {
  return window.location.pathname === pathname && window.location.search === search;
}

function isPlainClick({ button, metaKey, ctrlKey, shiftKey, altKey, currentTarget }: MouseEvent<HTMLAnchorElement>): boolean {
  const isHeld = metaKey || ctrlKey || shiftKey || altKey;
  return button === 0 && !isHeld && (currentTarget.target === '' || currentTarget.target === '_self');
}
