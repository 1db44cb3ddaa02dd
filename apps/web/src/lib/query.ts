import { QueryClient } from '@tanstack/react-query';
import { RequestFailed } from './api.js';

/** How often lists and details that are still changing are asked for again, in milliseconds. */
export const LIVE_MS = 4_000;

/**
 * The cache of what the server said. Only reading goes through it: what people send may hold secrets, and a cached
 * mutation would keep them (see `use-action.ts`).
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Without a network the question fails at once and is told, instead of waiting in silence for the network.
      queries: { staleTime: 5_000, networkMode: 'always', refetchOnReconnect: true, retry: (failures, error) => failures < 2 && isTemporary(error) },
    },
  });
}

/** A refusal stays a refusal; only a server that is away may come back by itself. */
function isTemporary(error: Error): boolean {
  return error instanceof RequestFailed && (error.code === 'offline' || error.status >= 500);
}

/** For queries that heal by themselves: how soon to ask again after a failure that may pass, in milliseconds; false = not by itself. */
export function againWhenAway({ state: { error } }: { state: { error: Error | null } }): number | false {
  return error !== null && isTemporary(error) ? LIVE_MS : false;
}

/** True when the caller is not signed in, or no longer. */
export function isSignedOut(error: Error | null): boolean {
  return error instanceof RequestFailed && error.code === 'unauthenticated';
}

/** True when the thing does not exist, is somebody else's, or when its id in the address is none at all. */
export function isNotFound(error: Error | null): boolean {
  return error instanceof RequestFailed && (error.status === 404 || error.code === 'validation_failed');
}

/** The sentence for people about an error. */
export function sentenceOf(error: Error | null): string {
  return error?.message ?? '';
}
