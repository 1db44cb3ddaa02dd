/** Draws the page: what every screen needs, around the screen that the address names. */
import { LoadingBlock } from '@openhands-jira/ui';
import { startTransition, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { CrashBoundary } from './app/crash-boundary.js';
import { Providers } from './app/providers.js';
import { Screens } from './app/router.js';
import { createQueryClient } from './lib/query.js';
import { Router } from './lib/router.js';
import { texts } from './texts.js';

/** Called once. As a transition the first drawing is done in small pieces, between which the browser answers the person. */
export function start(): void {
  const root = createRoot(document.getElementById('root')!);
  startTransition(() => root.render(
    <StrictMode>
      <Providers queries={createQueryClient()}>
        <CrashBoundary>
          <Router>
            <Suspense fallback={<div className="frame-main"><LoadingBlock label={texts.common.loading} /></div>}>
              <Screens />
            </Suspense>
          </Router>
        </CrashBoundary>
      </Providers>
    </StrictMode>,
  ));
}
