import { LoadingBlock } from '@openhands-jira/ui';
import { createBrowserRouter, Navigate } from 'react-router';
import { texts } from '../texts.js';
import { CrashPage } from './crash-page.js';
import { Layout } from './layout.js';
import { NotFoundPage } from './not-found-page.js';

/** Which address shows which screen. Each screen is loaded when it is first opened. */
export function createRouter() {
  return createBrowserRouter([
    {
      errorElement: <CrashPage />,
      hydrateFallbackElement: <LoadingBlock label={texts.common.loading} />,
      children: [
        { path: '/sign-in', lazy: async () => ({ Component: (await import('../features/sign-in/sign-in-page.js')).SignInPage }) },
        {
          element: <Layout />,
          children: [
            { index: true, element: <Navigate to="/settings/integrations" replace /> },
            { path: '/settings', element: <Navigate to="/settings/integrations" replace /> },
            { path: '/settings/integrations', lazy: async () => ({ Component: (await import('../features/integrations/integrations-page.js')).IntegrationsPage }) },
            { path: '/settings/integrations/return', lazy: async () => ({ Component: (await import('../features/integrations/return-page.js')).ReturnPage }) },
            { path: '/settings/integrations/jira-cloud', lazy: async () => ({ Component: (await import('../features/jira-cloud/jira-cloud-page.js')).JiraCloudPage }) },
            { path: '/activity', lazy: async () => ({ Component: (await import('../features/deliveries/deliveries-page.js')).DeliveriesPage }) },
            { path: '/activity/jobs', lazy: async () => ({ Component: (await import('../features/jobs/jobs-page.js')).JobsPage }) },
            { path: '/activity/why', lazy: async () => ({ Component: (await import('../features/deliveries/why-page.js')).WhyPage }) },
            { path: '/deliveries/:id', lazy: async () => ({ Component: (await import('../features/deliveries/delivery-page.js')).DeliveryPage }) },
            { path: '/jobs/:id', lazy: async () => ({ Component: (await import('../features/jobs/job-page.js')).JobPage }) },
            { path: '/account', lazy: async () => ({ Component: (await import('../features/account/account-page.js')).AccountPage }) },
            { path: '*', element: <NotFoundPage /> },
          ],
        },
      ],
    },
  ]);
}
