import { type ComponentType, lazy, type ReactNode } from 'react';
import { IntegrationsPage } from '../features/integrations/integrations-page.js';
import { SignInPage } from '../features/sign-in/sign-in-page.js';
import { findPattern } from '../lib/route-patterns.js';
import { Redirect, usePlace, WithPathValues } from '../lib/router.js';
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
const InstructionsPage = withFields(async () => (await import('../features/delegations/instructions-page.js')).InstructionsPage);
const AccountPage = withFields(async () => (await import('../features/account/account-page.js')).AccountPage);

/** A screen with fields: what draws them is asked for at the same time as the screen. */
function withFields(load: () => Promise<ComponentType>) {
  return lazy(async () => {
    const [{ Fields }, Screen] = await Promise.all([import('./fields.js'), load()]);
    return { default: () => <Fields><Screen /></Fields> };
  });
}

/** Where the link for a Jira administrator leads, who need not have an account here. */
const INSTRUCTIONS = '/settings/webhook-for-jira';

/** Which address shows which screen, inside the frame. */
const SCREENS: Record<string, ComponentType> = {
  '/settings/integrations': IntegrationsPage,
  '/settings/integrations/return': ReturnPage,
  '/settings/integrations/jira-cloud': JiraCloudPage,
  '/settings/integrations/jira-data-center': JiraDataCenterPage,
  '/settings/installation': InstallationPage,
  [INSTRUCTIONS]: InstructionsPage,
  '/settings/connections/:id/rules': RulesPage,
  '/settings/connections/:id/try': TryPage,
  '/activity': DeliveriesPage,
  '/activity/jobs': JobsPage,
  '/activity/why': WhyPage,
  '/deliveries/:id': DeliveryPage,
  '/jobs/:id': JobPage,
  '/account': AccountPage,
};

/** Addresses without a screen of their own. */
const BEGINNINGS = ['/', '/settings'];

export function Screens() {
  const { pathname } = usePlace();
  if (findPattern(pathname, BEGINNINGS)) return <Layout><Redirect to="/settings/integrations" /></Layout>;
  if (findPattern(pathname, ['/sign-in'])) return <SignInPage />;
  const found = findPattern(pathname, Object.keys(SCREENS));
  const Screen = found ? SCREENS[found.pattern]! : NotFoundPage;
  return (
    <WithPathValues values={found?.values ?? {}}>
      <Layout signedOut={found && forSignedOut(found.pattern)}><Screen /></Layout>
    </WithPathValues>
  );
}

/** The screens that have something for people who are not signed in. */
function forSignedOut(pattern: string): ReactNode {
  if (pattern === '/deliveries/:id') return <DecisionPage signedIn={false} />;
  return pattern === INSTRUCTIONS && <InstructionsPage />;
}
