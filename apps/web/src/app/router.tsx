import { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { Layout } from './layout.js';
import { NotFoundPage } from './not-found-page.js';

// Each screen is loaded when it is first opened.
const SignInPage = lazy(async () => ({ default: (await import('../features/sign-in/sign-in-page.js')).SignInPage }));
const IntegrationsPage = lazy(async () => ({ default: (await import('../features/integrations/integrations-page.js')).IntegrationsPage }));
const ReturnPage = lazy(async () => ({ default: (await import('../features/integrations/return-page.js')).ReturnPage }));
const JiraCloudPage = lazy(async () => ({ default: (await import('../features/jira-cloud/jira-cloud-page.js')).JiraCloudPage }));
const JiraDataCenterPage = lazy(async () => ({ default: (await import('../features/jira-data-center/jira-data-center-page.js')).JiraDataCenterPage }));
const InstallationPage = lazy(async () => ({ default: (await import('../features/installation/installation-page.js')).InstallationPage }));
const DeliveriesPage = lazy(async () => ({ default: (await import('../features/deliveries/deliveries-page.js')).DeliveriesPage }));
const WhyPage = lazy(async () => ({ default: (await import('../features/deliveries/why-page.js')).WhyPage }));
const DeliveryPage = lazy(async () => ({ default: (await import('../features/deliveries/delivery-page.js')).DeliveryPage }));
const DecisionPage = lazy(async () => ({ default: (await import('../features/deliveries/decision-page.js')).DecisionPage }));
const JobsPage = lazy(async () => ({ default: (await import('../features/jobs/jobs-page.js')).JobsPage }));
const JobPage = lazy(async () => ({ default: (await import('../features/jobs/job-page.js')).JobPage }));
const AccountPage = lazy(async () => ({ default: (await import('../features/account/account-page.js')).AccountPage }));

/** Which address shows which screen. */
export function Screens() {
  return (
    <Routes>
      <Route path="/sign-in" element={<SignInPage />} />
      <Route element={<Layout signedOut={<DecisionPage signedIn={false} />} />}>
        <Route path="/deliveries/:id" element={<DeliveryPage />} />
      </Route>
      <Route element={<Layout />}>
        <Route index element={<Navigate to="/settings/integrations" replace />} />
        <Route path="/settings" element={<Navigate to="/settings/integrations" replace />} />
        <Route path="/settings/integrations" element={<IntegrationsPage />} />
        <Route path="/settings/integrations/return" element={<ReturnPage />} />
        <Route path="/settings/integrations/jira-cloud" element={<JiraCloudPage />} />
        <Route path="/settings/integrations/jira-data-center" element={<JiraDataCenterPage />} />
        <Route path="/settings/installation" element={<InstallationPage />} />
        <Route path="/activity" element={<DeliveriesPage />} />
        <Route path="/activity/jobs" element={<JobsPage />} />
        <Route path="/activity/why" element={<WhyPage />} />
        <Route path="/jobs/:id" element={<JobPage />} />
        <Route path="/account" element={<AccountPage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}
