import { MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';
import './mantine.css';
import { readNonce } from './nonce.js';
import { cssVariables, theme } from './theme.js';
import { useDrawnScheme } from './use-scheme.js';

/**
 * What screens with fields need around them. It is loaded with the first of them: the sign-in page and the list of integrations
 * have no fields, and whoever opens them does not wait for the parts that draw fields.
 */
export function Fields({ children }: { children: ReactNode }) {
  return <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" forceColorScheme={useDrawnScheme()} getStyleNonce={readNonce}>{children}</MantineProvider>;
}
