/** What a fresh sandbox holds: two Jira sites, four git providers, the agent, and people who appear in all of them. Every value is invented. */
import type { Person } from './jira-model.ts';
import { wiki } from './jira-store.ts';
import type { Atlassian } from './jira-cloud/atlassian.ts';
import type { CloudSite } from './jira-cloud/site.ts';
import type { GitHost } from './git-providers/git-host.ts';
import type { OpenHands } from './openhands/openhands.ts';

/** Credentials of the sandbox. They open nothing but the sandbox. */
export const CREDENTIALS = {
  oauthClientId: 'sandbox-client',
  oauthClientSecret: 'sandbox-client-secret',
  serviceAccountEmail: 'openhands-agent@serviceaccount.atlassian.example',
  serviceAccountToken: 'sandbox-service-account-token',
  webhookSecret: 'sandbox-webhook-secret',
  openhandsKey: 'sandbox-openhands-key',
  openhandsKeyOfBen: 'sandbox-openhands-key-of-ben',
} as const;

/** Atlassian account ids of the people. */
export const ACCOUNTS = {
  ada: '712020:0a0a0a0a-1111-4111-8111-000000010101',
  ben: '712020:0b0b0b0b-2222-4222-8222-000000010102',
  cleo: 'qm:0c0c0c0c-3333-4333-8333-000000010103',
  dora: '712020:0d0d0d0d-4444-4444-8444-000000010104',
} as const;

const ORGANISATION = '6f1f7c1e-0000-4000-8000-000000000001';

function person(accountId: string, login: string, displayName: string, fields: Partial<Person> = {}): Person {
  return {
    accountId,
    // The form of Data Center: the number is the account's, and says nothing.
    key: `JIRAUSER${accountId.slice(-5)}`,
    name: login,
    displayName,
    emailAddress: `${login}@example.com`,
    emailVisible: false,
    accountType: 'atlassian',
    isAdmin: false,
    roles: ['Users', 'Developers'],
    groups: ['jira-users'],
    ...fields,
  };
}

/** People, projects, issues and the service account of the main site; the second site knows Dora only. */
export function seedJira(atlassian: Atlassian, host: string): CloudSite {
  const site = atlassian.addSite(host);
  const { store } = site;
  store.people.push(
    person(ACCOUNTS.ada, 'ada', 'Ada Admin', { isAdmin: true, roles: ['Users', 'Developers', 'Administrators'] }),
    person(ACCOUNTS.ben, 'ben', 'Ben Builder'),
    person(ACCOUNTS.cleo, 'cleo', 'Cleo Customer', { accountType: 'customer', roles: [], groups: [] }),
  );
  store.projects.push(
    { id: '10001', key: 'SHOP', name: 'Shop', type: 'software' },
    { id: '10002', key: 'HELP', name: 'Help desk', type: 'service_desk' },
  );
  atlassian.createServiceAccount(site, {
    name: 'OpenHands Agent',
    email: CREDENTIALS.serviceAccountEmail,
    token: CREDENTIALS.serviceAccountToken,
  });
  const description = 'Prices in the cart are rounded twice, so the total is a cent off.\r\n\r\nRepository: Acme/web-app\r\n\r\nSteps: put three items for 0.335 into the cart.';
  store.addIssue({ projectKey: 'SHOP', number: 12, summary: 'Total in the cart is a cent off', description, labels: ['cart'], reporterId: ACCOUNTS.ben, issueType: 'Bug' });
  store.addIssue({ projectKey: 'SHOP', number: 13, summary: 'Make the checkout button larger', description: 'It is hard to hit on a phone. See the CI/CD notes.', reporterId: ACCOUNTS.ben });
  const help = store.addIssue({ projectKey: 'HELP', number: 1, summary: 'I cannot sign in', description: 'The page stays white. Repository: Acme/api', reporterId: ACCOUNTS.cleo });
  store.addComment(help, { authorId: ACCOUNTS.ada, body: wiki('Thank you, we look into it.') });
  return site;
}

/** Another company's site, to try what happens with the wrong one. */
export function seedOtherSite(atlassian: Atlassian, host: string): CloudSite {
  const site = atlassian.addSite(host);
  site.store.people.push(person(ACCOUNTS.dora, 'dora', 'Dora Different', { isAdmin: true }));
  site.store.projects.push({ id: '10001', key: 'GLOB', name: 'Globex', type: 'software' });
  site.store.addIssue({ projectKey: 'GLOB', number: 1, summary: 'Something else', description: null, reporterId: ACCOUNTS.dora });
  return site;
}

export interface SeededGitHosts {
  github: GitHost;
  gitlab: GitHost;
  bitbucket: GitHost;
  bitbucketDataCenter: GitHost;
}

/** The same people and repositories at every git provider; at GitLab there are nested groups too, where rights come from above. */
export function seedGitHosts(hosts: SeededGitHosts): void {
  const workspaces: [GitHost, string][] = [
    [hosts.github, 'Acme'],
    [hosts.gitlab, 'acme'],
    [hosts.bitbucket, 'acme'],
    [hosts.bitbucketDataCenter, 'ACME'],
  ];
  for (const [host, workspace] of workspaces) {
    seedGitUsers(host);
    seedRepositories(host, workspace);
  }
  hosts.gitlab.addRepository('acme/platform/billing/service', { groupRights: { ada: 'admin', ben: 'write' } });
}

/** Each person has an unverified address too, which nobody may trust. */
function seedGitUsers(host: GitHost): void {
  for (const [login, name] of [['ada', 'Ada Admin'], ['ben', 'Ben Builder'], ['eve', 'Eve Elsewhere']] as const) {
    const emails = [
      { email: `${login}@example.com`, primary: true, verified: true },
      { email: `${login}.unverified@example.org`, primary: false, verified: false },
    ];
    host.addUser({ login, name, emails });
  }
}

/** Ben may push to web-app and api; the library is public and nobody's. */
function seedRepositories(host: GitHost, workspace: string): void {
  const rights = { ada: 'admin', ben: 'write' } as const;
  host.addRepository(`${workspace}/web-app`, { rights: { ...rights }, branches: ['main', 'release/2.0'] });
  host.addRepository(`${workspace}/api`, { rights: { ...rights } });
  host.addRepository(`${workspace}/read-only`, { rights: { ada: 'admin', ben: 'read' } });
  host.addRepository('library/react-like', { isPrivate: false });
}

export function seedAgent(agent: OpenHands): void {
  const providers = { github: null, gitlab: null, bitbucket: null, bitbucket_data_center: null };
  agent.accounts.addUser({ id: 'u-installation', email: 'openhands@example.com', providers, orgIds: [ORGANISATION] });
  agent.accounts.addUser({ id: 'u-ben', email: 'ben@example.com', providers, orgIds: [ORGANISATION] });
  agent.accounts.addKey('u-installation', CREDENTIALS.openhandsKey);
  agent.accounts.addKey('u-ben', CREDENTIALS.openhandsKeyOfBen);
}
