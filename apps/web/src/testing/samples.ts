/** Answers of the API, for tests. */
import type { Connection, DataCenterConfiguration, DeliveryDetail, DeliveryOverview, Integration, JobDetail, Me, PersonLink, Trial, TriedEvent } from '@openhands-jira/contracts';

export const ID = '0190a0b0-0000-7000-8000-000000000001';
const EARLIER = '2026-11-20T08:00:00.000Z';

export const me: Me = { id: ID, name: 'Mia Krystof', email: 'mia@example.com', avatarUrl: null, isAdmin: false, identities: [{ provider: 'github', host: 'github.com', login: 'mia-k', state: 'active' }], agent: { apiKeySet: false, installationKeySet: true } };

export const connection: Connection = {
  id: ID, product: 'jira-cloud', site: 'acme.atlassian.net', siteUrl: 'https://acme.atlassian.net', status: 'active', ownedByCaller: true,
  serviceAccount: { email: 'agent@example.com', managedBy: 'app', savedAt: EARLIER, expiresAt: '2099-01-01T23:59:59.000Z' },
  webhook: { url: `https://here.example.com/integration/jira/connections/${ID}/events`, sharedUrl: 'https://here.example.com/integration/jira/events', events: ['jira:issue_updated', 'comment_created'], mode: 'manual', confirmedAt: null, secretSetAt: EARLIER, previousSecretUntil: null, lastDeliveryAt: null },
};

export const notConfigured: Integration = { product: 'jira-cloud', state: 'not_configured', reasons: [], linkMethod: 'oauth', connection: null, link: null, capabilities: ['configure', 'link'],
  linkedPeople: null, trigger: { mention: '@openhands', label: 'openhands' }, sharedWebhookUrl: 'https://here.example.com/integration/jira/events', siteUrl: null, others: [],
};

export const owned: Integration = { ...notConfigured, state: 'active', connection, link: { jiraDisplayName: 'Mia Krystof', jiraAccountId: 'a1', method: 'oauth', linkedAt: EARLIER }, capabilities: ['edit', 'pause', 'unlink', 'view_deliveries', 'replay'], linkedPeople: 3 };

export const linkedOnly: Integration = { ...owned, connection: { ...connection, ownedByCaller: false }, capabilities: ['unlink', 'view_deliveries'], linkedPeople: null };

/** Where the people of the connections of these samples are listed. */
export const CONNECTION_LINKS = `/api/v1/connections/${ID}/links`;

/** Where the accounts are listed that asked there without being linked: the first page. */
export const CONNECTION_UNLINKED = `/api/v1/connections/${ID}/unlinked-accounts?limit=10`;

/** Somebody else's link on a connection of these samples. */
export const linkOfLin: PersonLink = {
  id: ID, person: { id: ID, name: 'Lin' }, connectionId: ID, product: 'jira-cloud', site: 'acme.atlassian.net', jiraDisplayName: 'Lin in Jira', jiraAccountId: '712020:lin', method: 'oauth', state: 'active', linkedAt: EARLIER, ownsConnection: false,
};

export const dataCenterOff: Integration = { ...notConfigured, product: 'jira-data-center', state: 'disabled', reasons: [{ code: 'not_enabled', detail: 'Jira Data Center is not enabled on this installation.' }], capabilities: [], sharedWebhookUrl: null };

export const dataCenterConnection: Connection = {
  ...connection, product: 'jira-data-center', site: 'jira.example.com', siteUrl: 'https://jira.example.com',
  webhook: { ...connection.webhook, url: `https://here.example.com/integration/jira-dc/connections/${ID}/events`, sharedUrl: null, mode: 'automatic', confirmedAt: EARLIER, lastDeliveryAt: EARLIER },
};

/** Ready, and nobody has done anything yet. */
export const dataCenterFresh: Integration = { ...dataCenterOff, state: 'setup_incomplete', reasons: [{ code: 'webhook_missing', detail: 'The webhook is not set up yet.' }], capabilities: ['link', 'install_webhook'] };

/** As the person sees it who set it up. */
export const dataCenterOwned: Integration = { ...dataCenterFresh, state: 'active', reasons: [], connection: dataCenterConnection, link: owned.link, capabilities: ['unlink', 'install_webhook', 'rotate_secret', 'pause', 'remove', 'view_deliveries'], linkedPeople: 12 };

export const dataCenterMember: Integration = { ...dataCenterOwned, connection: { ...dataCenterConnection, ownedByCaller: false }, capabilities: ['unlink', 'view_deliveries'], linkedPeople: null };

export const dataCenterSettings: DataCenterConfiguration = {
  enabled: false, linkMethod: 'oauth', baseUrl: null, serviceAccountEmail: null, serviceAccountPatSet: false, serviceAccountPatName: null, serviceAccountPatExpiresAt: null, oauthClientId: null, oauthClientSecretSet: false, callbackUrl: 'https://here.example.com/integration/jira-dc/callback',
  managedBy: { enabled: 'app', linkMethod: 'app', baseUrl: 'app', serviceAccountEmail: 'app', serviceAccountPat: 'app', serviceAccountPatName: 'app', oauthClientId: 'app', oauthClientSecret: 'app' },
  missing: ['baseUrl', 'serviceAccountEmail', 'serviceAccountPat', 'oauthClientId', 'oauthClientSecret'], linkedPeople: 0,
};

export const refusedDelivery: DeliveryDetail = {
  id: ID, connectionId: ID, product: 'jira-cloud', site: 'acme.atlassian.net', event: 'comment_created', issueKey: 'SHOP-1', actor: 'Mia Krystof', receivedAt: EARLIER, outcome: 'refused', reason: 'repo_missing', jobId: null, attempts: 1,
  origin: 'webhook', originDeliveryId: null, duplicateOf: null, duplicates: 0, signedWith: 'current', settledAt: EARLIER, detail: 'No line was found.', fixHint: 'Write a line "Repository: owner/name".',
  trace: [{ step: 'signature', result: 'yes', detail: 'The signature is right.', at: EARLIER }, { step: 'repository', result: 'no', detail: 'No repository line.', at: EARLIER }],
  comments: [], manages: false, payloadKeptUntil: null, headers: null, payload: null,
};

/** A delivery that would start work now. */
export const startingTrial: Trial = {
  outcome: 'job', reason: 'started', detail: 'A job starts in acme/shop.', fixHint: null, trace: [{ step: 'repository', result: 'yes', detail: 'The line names acme/shop.', at: EARLIER }],
  comment: { adf: { type: 'doc', version: 1, content: [] }, wiki: '*OpenHands* starts.', text: 'OpenHands starts.' },
  job: { trigger: 'mention', requestedBy: 'Mia Krystof', repository: { provider: 'github', host: 'github.com', fullName: 'acme/shop', url: 'https://github.com/acme/shop', branch: null, source: 'line' }, prompt: 'Fix the rounding.', followUpPrompt: null, systemSuffix: 'Name the branch after SHOP-1.' },
};

/** The same for a call that Jira did not make. */
export const startingTry: TriedEvent = { ...startingTrial, door: { status: 200, detail: 'The delivery would be let in.' }, readBack: 'simulated' };

/** The last 24 hours of somebody whose connection got no calls. */
export const quietOverview: DeliveryOverview = { since: EARLIER, outcomes: { pending: 0, job: 0, ignored: 0, refused: 0, rejected: 0, failed: 0 }, rejected: [], connections: [] };

export const runningJob: JobDetail = {
  id: ID, connectionId: ID, issueKey: 'SHOP-1', issueUrl: 'https://acme.atlassian.net/browse/SHOP-1', trigger: 'mention', requestedBy: { userId: ID, name: 'Mia Krystof' }, repository: null, state: 'running', mark: null,
  conversationUrl: 'javascript:alert(1)', createdAt: EARLIER, startedAt: EARLIER, finishedAt: null, failure: null, cancelReason: null,
  deliveryId: null, resultText: null, pullRequests: [], runs: [], comments: [], timeline: [{ at: EARLIER, kind: 'accepted', detail: 'Asked for by Mia Krystof.' }],
};
