/**
 * Light, dark, or as the system says. The choice is remembered by this browser under the name that Mantine, which draws the
 * fields, uses as well; so both always agree. It is applied before anything is drawn.
 */

export const SCHEMES = ['auto', 'light', 'dark'] as const;
export type Scheme = (typeof SCHEMES)[number];

const KEY = 'mantine-color-scheme-value';
const listeners = new Set<() => void>();
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

/** Remembers and applies a choice. */
export function chooseScheme(scheme: Scheme): void {
  try {
    localStorage.setItem(KEY, scheme);
  } catch {
    // Private windows may forbid it: then the choice lasts as long as the system's.
  }
  apply();
}

/** Called once, before the page is drawn; later changes of the system are followed. */
export function startColours(): void {
  apply();
  darkSystem.addEventListener('change', apply);
}

function apply(): void {
  document.documentElement.setAttribute('data-mantine-color-scheme', drawn());
  for (const listener of listeners) listener();
}

/** Calls after each change; gives the way to stop that. */
export function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** What the person chose. */
export function chosen(): Scheme {
  try {
    const kept = localStorage.getItem(KEY);
    return SCHEMES.find((scheme) => scheme === kept) ?? 'auto';
  } catch {
    return 'auto';
  }
}

/** What is drawn now. */
export function drawn(): 'light' | 'dark' {
  const scheme = chosen();
  if (scheme !== 'auto') return scheme;
  return darkSystem.matches ? 'dark' : 'light';
}
