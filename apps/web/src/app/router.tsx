import { type ComponentType, lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { IntegrationsPage } from '../features/integrations/integrations-page.js';
import { SignInPage } from '../features/sign-in/sign-in-page.js';
import { Layout } from './layout.js';
import { NotFoundPage } from './not-found-page.js';

// Each screen is loaded when it is first opened. Where most people arrive is loaded with the page.
const ReturnPage = lazy(async () => ({ default: (await import('../features/integrations/return-page.js')).ReturnPage }));
const DecisionPage = lazy(async () => ({ default: (await import('../features/deliveries/decision-page.js')).DecisionPage }));
const DeliveryPage = lazy(async () => ({ default: (await import('../features/deliveries/delivery-page.js')).DeliveryPage }));
const JobPage = lazy(async () => ({ default: (await import('../features/jobs/job-page.js')).JobPage }));
const JiraCloudPage = withFields(async () => (await import('../features/jira-cloud/jira-cloud-page.js')).JiraCloudPage);
const JiraDataCenterPage = withFields(async () => (await import('../features/jira-data-center/jira-data-center-page.js')).JiraDataCenterPage);
const InstallationPage = withFields(async () => (await import('../features/installation/installation-page.js')).InstallationPage);
const DeliveriesPage = withFields(async () => (await import('../features/deliveries/deliveries-page.js')).DeliveriesPage);
const WhyPage = withFields(async () => (await import('../features/deliveries/why-page.js')).WhyPage);
const JobsPage = withFields(async () => (await import('../features/jobs/jobs-page.js')).JobsPage);
const RulesPage = withFields(async () => (await import('../features/rules/rules-page.js')).RulesPage);
const TryPage = withFields(async () => (await import('../features/try/try-page.js')).TryPage);
const AccountPage = withFields(async () => (await import('../features/account/account-page.js')).AccountPage);

/** A screen with fields: what draws them is asked for at the same time as the screen. */
function withFields(load: () => Promise<ComponentType>) {
  return lazy(async () => {
    const [{ Fields }, Screen] = await Promise.all([import('./fields.js'), load()]);
    return { default: () => <Fields><Screen /></Fields> };
  });
}

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
        <Route path="/settings/connections/:id/rules" element={<RulesPage />} />
        <Route path="/settings/connections/:id/try" element={<TryPage />} />
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
