import { LoadingBlock } from '@openhands-jira/ui';
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from './lib/router.js';
import '@openhands-jira/ui/ui.css';
import './app/app.css';
import { startColours } from './app/colour-scheme.js';
import { CrashBoundary } from './app/crash-boundary.js';
import { Providers } from './app/providers.js';
import { Screens } from './app/router.js';
import { createQueryClient } from './lib/query.js';
import { texts } from './texts.js';

startColours();
createRoot(document.getElementById('root')!).render(
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
);
