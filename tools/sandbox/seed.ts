/** What a fresh sandbox holds: two Jira Cloud sites, a Jira Data Center, four git providers, the agent, and people who appear in all of them. Every value is invented. */
import type { Person } from './jira-model.ts';
import { wiki, type JiraStore } from './jira-store.ts';
import type { Atlassian } from './jira-cloud/atlassian.ts';
import type { CloudSite } from './jira-cloud/site.ts';
import type { JiraDataCenter } from './jira-data-center/data-center.ts';
import type { GitHost } from './git-providers/git-host.ts';
import type { OpenHands } from './openhands/openhands.ts';

/** Credentials of the sandbox. They open nothing but the sandbox. */
export const CREDENTIALS = {
  oauthClientId: 'sandbox-client',
  oauthClientSecret: 'sandbox-client-secret',
  serviceAccountEmail: 'openhands-agent@serviceaccount.atlassian.example',
  serviceAccountToken: 'sandbox-service-account-token',
  dataCenterAccountEmail: 'openhands-bot@example.com',
  dataCenterPat: 'sandbox-data-center-pat',
  dataCenterAdminPat: 'sandbox-data-center-admin-pat',
  dataCenterPatOfBen: 'sandbox-data-center-pat-of-ben',
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

/** User keys of the same people on Data Center. Ada's account is an old one: such keys are the name. */
export const DATA_CENTER_KEYS = {
  ada: 'ada',
  ben: 'JIRAUSER10102',
  cleo: 'JIRAUSER10103',
  agent: 'JIRAUSER10100',
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
  atlassian.createServiceAccount(site, {
    name: 'OpenHands Agent',
    email: CREDENTIALS.serviceAccountEmail,
    token: CREDENTIALS.serviceAccountToken,
  });
  seedIssues(store, ACCOUNTS);
  return site;
}

/** A Data Center server with the same people and issues; the agent is an ordinary user there, with a personal access token. */
export function seedDataCenter(jira: JiraDataCenter): void {
  const admin = { key: DATA_CENTER_KEYS.ada, isAdmin: true, roles: ['Users', 'Developers', 'Administrators'] };
  const agent = { key: DATA_CENTER_KEYS.agent, emailAddress: CREDENTIALS.dataCenterAccountEmail, roles: ['Users', 'Developers', 'Administrators'] };
  jira.store.people.push(
    person(ACCOUNTS.ada, 'ada', 'Ada Admin', admin),
    person(ACCOUNTS.ben, 'ben', 'Ben Builder'),
    person(ACCOUNTS.cleo, 'cleo', 'Cleo Customer', { accountType: 'customer', roles: [], groups: [] }),
    person('', 'openhands', 'OpenHands Agent', { ...agent, accountType: 'app' }),
  );
  jira.accessTokens.create(DATA_CENTER_KEYS.agent, { name: 'OpenHands', token: CREDENTIALS.dataCenterPat, days: 365 });
  jira.accessTokens.create(DATA_CENTER_KEYS.ada, { name: 'Webhook installation', token: CREDENTIALS.dataCenterAdminPat, days: 1 });
  jira.accessTokens.create(DATA_CENTER_KEYS.ben, { name: 'Scripts', token: CREDENTIALS.dataCenterPatOfBen, days: 90 });
  seedIssues(jira.store, DATA_CENTER_KEYS);
}

/** @param ids of the people, as this Jira names them */
function seedIssues(store: JiraStore, ids: { ada: string; ben: string; cleo: string }): void {
  store.projects.push(
    { id: '10001', key: 'SHOP', name: 'Shop', type: 'software' },
    { id: '10002', key: 'HELP', name: 'Help desk', type: 'service_desk' },
  );
  const description = 'Prices in the cart are rounded twice, so the total is a cent off.\r\n\r\nRepository: Acme/web-app\r\n\r\nSteps: put three items for 0.335 into the cart.';
  store.addIssue({ projectKey: 'SHOP', number: 12, summary: 'Total in the cart is a cent off', description, labels: ['cart'], reporterId: ids.ben, issueType: 'Bug' });
  store.addIssue({ projectKey: 'SHOP', number: 13, summary: 'Make the checkout button larger', description: 'It is hard to hit on a phone. See the CI/CD notes.', reporterId: ids.ben });
  const help = store.addIssue({ projectKey: 'HELP', number: 1, summary: 'I cannot sign in', description: 'The page stays white. Repository: Acme/api', reporterId: ids.cleo });
  store.addComment(help, { authorId: ids.ada, body: wiki('Thank you, we look into it.') });
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
