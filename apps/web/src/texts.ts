/**
 * Every word that people read on the page, in one place and one language. A translation is a second object of this
 * type. Sentences with values are functions, because word order differs between languages. The words for codes stand in
 * `texts-of-codes.ts`, those of the larger screens in files of their own (`texts-of-….ts`), loaded with their screens.
 */
import type { Integration, IntegrationState, Product } from '@openhands-jira/contracts';

export const texts = {
  products: { 'jira-cloud': 'Jira Cloud', 'jira-data-center': 'Jira Data Center' } as Record<Product, string>,

  integrationStates: {
    disabled: 'Switched off', not_configured: 'Not configured', setup_incomplete: 'Set-up not finished', active: 'Active', paused: 'Paused', degraded: 'Needs attention',
  } as Record<IntegrationState, string>,

  app: {
    name: 'OpenHands for Jira',
    skip: 'Skip to the content',
    menu: 'Main menu',
    settings: 'Settings',
    integrations: 'Integrations',
    activity: 'Activity',
    account: 'Account',
    installation: 'Installation',
    signOut: 'Sign out',
    signOutFailed: 'You could not be signed out, so you are still signed in. Check your network, then press "Sign out" again.',
    administrator: 'Administrator',
    colours: 'Colours',
    schemes: { auto: 'Automatic', light: 'Light', dark: 'Dark' },
    notFound: 'There is no such page',
    notFoundText: 'The address may be mistyped, or the thing it names is gone.',
    crashed: 'The page could not be shown',
    crashedText: 'There may be a newer version of the page, or the network was interrupted. Load it again.',
    reload: 'Load again',
    toIntegrations: 'Go to the integrations',
  },

  common: {
    loading: 'Loading',
    retry: 'Try again',
    cancel: 'Cancel',
    back: 'Back',
    toList: 'Back to the integrations',
    toActivity: 'See the activity',
    newTab: 'opens in a new tab',
    justNow: 'just now',
    reveal: 'Show or hide the value',
    copy: { copy: 'Copy', copied: 'Copied', failed: 'Select and copy it by hand' },
    checkFields: 'These fields need attention:',
    closing: { question: 'Close without finishing?', text: 'What you typed here is not saved.', keep: 'Keep typing', close: 'Close' },
    closingSecret: { question: 'Have you copied the value?', text: 'It is not shown again.', keep: 'Back to the value', close: 'Close' },
    howToAsk: ({ mention, label }: Integration['trigger']) => `Mention ${mention} in a comment of an issue, or add the label ${label}, and OpenHands works in your name.`,
  },

  failures: {
    offline: 'The server cannot be reached. Check your network, then try again. What you typed is still here.',
    unreadable: 'The server gave an answer that this page does not understand. Load the page again; there may be a newer version.',
    signedOut: 'Your sign-in has ended. Sign in again in another tab, then come back and try again: what you typed is still here.',
    notWebAddress: 'The server named an address that this page does not open. Ask an administrator to look at the configuration.',
    loading: 'This could not be loaded',
    stale: 'This page may be out of date',
    staleSince: 'Last answer',
  },

  signIn: {
    title: 'Sign in',
    intro: 'Use the git account that holds the repositories OpenHands shall work on.',
    with: (provider: string) => `Continue with ${provider}`,
    none: 'No git provider is configured',
    noneText: 'Nobody can sign in yet. An administrator sets the client id and secret of at least one git provider in the environment of this installation (for example GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET) and starts it again.',
    failed: 'You are not signed in',
    errors: {
      denied: 'You did not give consent. Try again when you are ready.',
      expired: 'This took too long, or the page was opened twice. Try again, in one tab.',
      unknown_provider: 'This git provider is not configured here. Use another one.',
      unreachable: 'The git provider did not answer. Try again in a moment.',
      too_many_requests: 'There were too many attempts within a minute. Wait a minute, then try again.',
      failed: 'The git provider did not answer as expected. Try again; if it stays so, ask an administrator to look at the log.',
    } as Record<string, string>,
  },

  integrations: {
    title: 'Integrations',
    intro: 'Connect Jira, and OpenHands works on an issue when somebody asks for it there.',
    configure: 'Configure',
    edit: 'Edit',
    connect: 'Connect',
    linkByEmail: 'Link account',
    setUpWebhook: 'Set up the webhook',
    manage: 'Manage',
    openInstallation: 'Open the installation settings',
    site: 'Jira site',
    postsAs: 'Posts as',
    yourAccount: 'Your Jira account',
    notLinked: 'Not connected',
    lastDelivery: 'Last delivery',
    noDelivery: 'None so far',
    none: 'No Jira product is switched on',
    noneText: 'Ask an administrator of this installation to configure Jira Cloud or Jira Data Center.',
    notConfigured: { 'jira-cloud': 'Connect your workspace, or link your account if your team has connected it already.', 'jira-data-center': 'No Jira Data Center is connected to this installation.' } as Record<Product, string>,
    linkedSince: (name: string) => `${name}, since`,
    reasons: 'What needs attention',
    tokenEnds: (days: number) => {
      if (days <= 1) return 'The token expires within a day: renew it now';
      if (days <= 7) return `The token expires in ${days} days: renew it this week`;
      return days <= 14 ? `The token expires in ${days} days: renew it soon` : `The token expires in ${days} days`;
    },
    others: 'Further workspaces',
    openOther: (site: string) => `Open ${site}`,
  },
};
