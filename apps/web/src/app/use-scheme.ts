import { useSyncExternalStore } from 'react';
import { chosen, drawn, listen, type Scheme } from './colour-scheme.js';

/** What the person chose. */
export function useScheme(): Scheme {
  return useSyncExternalStore(listen, chosen);
}

/** What is drawn now. */
export function useDrawnScheme(): 'light' | 'dark' {
  return useSyncExternalStore(listen, drawn);
}
