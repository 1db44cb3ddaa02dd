import { Announcer } from '@openhands-jira/ui';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/** What every screen needs around it. Screens with fields get Mantine from `fields.tsx`. */
export function Providers({ queries, children }: { queries: QueryClient; children: ReactNode }) {
  return (
    <QueryClientProvider client={queries}>
      <Announcer>{children}</Announcer>
    </QueryClientProvider>
  );
}
