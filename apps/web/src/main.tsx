import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import './app/mantine.css';
import '@openhands-jira/ui/ui.css';
import './app/app.css';
import { Providers } from './app/providers.js';
import { createRouter } from './app/router.js';
import { createQueryClient } from './lib/query.js';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Providers queries={createQueryClient()}>
      <RouterProvider router={createRouter()} />
    </Providers>
  </StrictMode>,
);
