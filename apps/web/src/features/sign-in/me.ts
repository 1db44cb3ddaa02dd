import { Me, SignInProvider } from '@openhands-jira/contracts';
import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useGoTo } from '../../lib/router.js';
import { request, tell } from '../../lib/api.js';
import { type Action, useAction } from '../../lib/use-action.js';

/** Who is signed in. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => request('/api/v1/me', Me, { signal }),
  staleTime: 60_000,
});

/** The git providers that people can sign in with here. */
export const providersQuery = queryOptions({
  queryKey: ['sign-in-providers'],
  queryFn: ({ signal }) => request('/auth/providers', SignInProvider.array(), { signal }),
});

/** Ends the session, forgets what the server told this person, and goes to the sign-in page. */
export function useSignOut(): Action<[], void> {
  const queries = useQueryClient();
  const goTo = useGoTo();
  const signOut = useCallback(async () => {
    await tell('/auth/sign-out', { method: 'POST' });
    goTo('/sign-in', { replace: true });
    queries.clear();
  }, [queries, goTo]);
  return useAction(signOut);
}
