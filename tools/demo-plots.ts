/** What differs between the two Jira products in the demo: how one connects, and where the issue is. */
import type { Actions } from './sandbox/actions.ts';
import type { Browser } from './sandbox/browser.ts';
import { CREDENTIALS } from './sandbox/seed.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** One way to play the story. */
export interface Plot {
  /** What the sandbox plays, for people. */
  jira: string;
  /** Settings of the product besides those for the sandbox. */
  environment(sandbox: Sandbox): Record<string, string>;
  /** An administrator connects Jira, webhook included. Gives what was done, one line each. */
  connect(sandbox: Sandbox, ada: Browser, home: string): Promise<string[]>;
  /** Where a person's consent begins. */
  link(sandbox: Sandbox, ben: Browser): Promise<string>;
  actions(sandbox: Sandbox): Actions;
  /** Page of the issue in the sandbox. */
  issuePage(sandbox: Sandbox, issueKey: string): string;
}

const cloud: Plot = {
  jira: 'Jira Cloud',
  environment: () => ({}),
  async connect(sandbox, ada, home) {
    const created = await ada.post('/api/v1/jira-cloud/workspaces', {
      site: sandbox.jira.host,
      webhookSecret: CREDENTIALS.webhookSecret,
      serviceAccountEmail: CREDENTIALS.serviceAccountEmail,
      serviceAccountApiToken: CREDENTIALS.serviceAccountToken,
    });
    if (created.status !== 200) throw new Error(`the workspace was not taken: ${created.text}`);
    await giveConsent(sandbox, ada, created.json.authorizationUrl, 'ada', 'configured');
    const url = `${home}/integration/jira/connections/${created.json.connectionId}/events`;
    sandbox.actions.registerWebhook(url, { events: ['jira:issue_updated', 'jira:issue_created', 'comment_created', 'comment_updated', 'comment_deleted', 'jira:issue_deleted'] });
    return [`Ada connected ${sandbox.jira.host} and proved with Jira's consent page that she belongs to it`, 'The webhook in Jira points at the connection, with its secret'];
  },
  link: async (sandbox, ben) => (await ben.post(`/api/v1/jira-cloud/workspaces/${sandbox.jira.host}/link`)).json.authorizationUrl,
  actions: (sandbox) => sandbox.actions,
  issuePage: (sandbox, issueKey) => `${sandbox.urls.page}browse/${issueKey}`,
};

const dataCenter: Plot = {
  jira: 'Jira Data Center',
  // The sandbox speaks plain http on this machine; real servers need https.
  environment: (sandbox) => ({ OUTBOUND_ALLOWED_HOSTS: new URL(sandbox.urls.jiraDataCenter).hostname }),
  async connect(sandbox, ada) {
    const saved = await ada.put('/api/v1/admin/jira-data-center', {
      enabled: true,
      linkMethod: 'oauth',
      baseUrl: sandbox.urls.jiraDataCenter,
      serviceAccountEmail: CREDENTIALS.dataCenterAccountEmail,
      serviceAccountPat: CREDENTIALS.dataCenterPat,
      oauthClientId: CREDENTIALS.oauthClientId,
      oauthClientSecret: CREDENTIALS.oauthClientSecret,
    });
    if (saved.status !== 200) throw new Error(`the settings were not taken: ${saved.text}`);
    const installed = await ada.put('/api/v1/jira-data-center/webhook', { mode: 'automatic', adminToken: CREDENTIALS.dataCenterAdminPat });
    if (installed.status !== 200) throw new Error(`the webhook was not installed: ${installed.text}`);
    return [`Ada entered the settings of ${sandbox.urls.jiraDataCenter}`, 'The webhook was installed in Jira with a one-time administrator token, which was thrown away'];
  },
  link: async (_sandbox, ben) => (await ben.post('/api/v1/jira-data-center/link')).json.authorizationUrl,
  actions: (sandbox) => sandbox.dataCenterActions,
  issuePage: (sandbox, issueKey) => `${sandbox.urls.page}jira-data-center/browse/${issueKey}`,
};

export const PLOTS: Record<string, Plot> = { 'jira-cloud': cloud, 'jira-data-center': dataCenter };

/** The person presses Allow at Jira; the product must say that it went as expected. */
export async function giveConsent(sandbox: Sandbox, browser: Browser, authorizationUrl: string, who: string, expected: string): Promise<void> {
  const back = await browser.get(sandbox.actions.approve(authorizationUrl, who));
  const result = new URL(back.headers.get('location') ?? '/', 'http://localhost').searchParams.get('result');
  if (result !== expected) throw new Error(`Jira's consent ended with "${String(result)}" instead of "${expected}"`);
}
