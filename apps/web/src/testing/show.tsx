import { Announcer } from '@openhands-jira/ui';
import type { QueryClient } from '@tanstack/react-query';
import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import { Router } from '../lib/router.js';
import { Screens } from '../app/router.js';
import { Suspense } from 'react';
import { createQueryClient } from '../lib/query.js';

/** Opens the page at an address, as a browser would. Gives the cache, for tests about what is kept in it. */
export function openPage(address: string): QueryClient {
  window.history.replaceState(null, '', address);
  const queries = createQueryClient();
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retry: false } });
  render(
    <QueryClientProvider client={queries}>
      <Announcer>
        <Router><Suspense><Screens /></Suspense></Router>
      </Announcer>
    </QueryClientProvider>,
  );
  return queries;
}
