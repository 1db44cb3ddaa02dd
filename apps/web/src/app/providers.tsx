import { MantineProvider } from '@mantine/core';
import { Announcer } from '@openhands-jira/ui';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { readNonce } from './nonce.js';
import { cssVariables, theme } from './theme.js';

/** What every screen needs around it. */
export function Providers({ queries, children }: { queries: QueryClient; children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={readNonce}>
      <QueryClientProvider client={queries}>
        <Announcer>{children}</Announcer>
      </QueryClientProvider>
    </MantineProvider>
  );
}
