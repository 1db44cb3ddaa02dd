import { Announcer } from '@openhands-jira/ui';
import type { QueryClient } from '@tanstack/react-query';
import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { Screens } from '../app/router.js';
import { Suspense } from 'react';
import { createQueryClient } from '../lib/query.js';

/** Opens the page at an address, as a browser would. Gives the cache, for tests about what is kept in it. */
export function openPage(address: string): QueryClient {
  const queries = createQueryClient();
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retry: false } });
  render(
    <QueryClientProvider client={queries}>
      <Announcer>
        <MemoryRouter initialEntries={[address]}><Suspense><Screens /></Suspense></MemoryRouter>
      </Announcer>
    </QueryClientProvider>,
  );
  return queries;
}
