/**
 * Light, dark, or as the system says. The choice is remembered by this browser under the name that Mantine, which draws the
 * fields, uses as well; so both always agree. It is applied before anything is drawn.
 */
import { useSyncExternalStore } from 'react';

export const SCHEMES = ['auto', 'light', 'dark'] as const;
export type Scheme = (typeof SCHEMES)[number];

const KEY = 'mantine-color-scheme-value';
const listeners = new Set<() => void>();
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

/** What the person chose. */
export function useScheme(): Scheme {
  return useSyncExternalStore(listen, chosen);
}

/** What is drawn now. */
export function useDrawnScheme(): 'light' | 'dark' {
  return useSyncExternalStore(listen, drawn);
}

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

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function chosen(): Scheme {
  try {
    const kept = localStorage.getItem(KEY);
    return SCHEMES.find((scheme) => scheme === kept) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function drawn(): 'light' | 'dark' {
  const scheme = chosen();
  if (scheme !== 'auto') return scheme;
  return darkSystem.matches ? 'dark' : 'light';
}
