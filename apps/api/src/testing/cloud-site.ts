/** Calls of our service account to the sandbox's main Cloud site, without the rest of the service. */
import { type Sandbox, startSandbox } from '../../../../tools/sandbox/sandbox.ts';
import { CREDENTIALS } from '../../../../tools/sandbox/seed.ts';
import { readConfig } from '../config/config.js';
import type { LearnedAccount } from '../connections/connections.service.js';
import { OutgoingHttp } from '../http/outgoing.js';
import { JiraCloudClient } from '../jira-cloud/jira-cloud.client.js';
import { CloudGateway, type GatewayAccount } from '../jira-cloud/jira-cloud.gateway.js';

/** What creating a workspace needs, as the sandbox accepts it. */
export const WORKSPACE = {
  site: 'acme.atlassian.net',
  webhookSecret: CREDENTIALS.webhookSecret,
  serviceAccountEmail: CREDENTIALS.serviceAccountEmail,
  serviceAccountApiToken: CREDENTIALS.serviceAccountToken,
};

/** The part of the configuration that leads to the sandbox's Atlassian, and to nothing else. */
export function atlassianEnvironment({ urls }: Sandbox): Record<string, string> {
  return {
    ATLASSIAN_AUTH_URL: urls.atlassian,
    ATLASSIAN_API_URL: urls.atlassian,
    ATLASSIAN_SITE_URL: urls.atlassianSiteTemplate,
    JIRA_CLOUD_CLIENT_ID: CREDENTIALS.oauthClientId,
    JIRA_CLOUD_CLIENT_SECRET: CREDENTIALS.oauthClientSecret,
  };
}

export interface CloudSiteBench {
  sandbox: Sandbox;
  /** What the calls taught about the account, in order. */
  learned: LearnedAccount[];
  serviceAccountId: string;
  client(account?: Partial<GatewayAccount>, accountIds?: string[]): JiraCloudClient;
  gateway(account?: Partial<GatewayAccount>): CloudGateway;
  close(): Promise<void>;
}

export async function startCloudSite(): Promise<CloudSiteBench> {
  const sandbox = await startSandbox();
  const http = new OutgoingHttp(readConfig(atlassianEnvironment(sandbox)));
  const learned: LearnedAccount[] = [];
  const learn = (more: LearnedAccount): void => void learned.push(more);
  const serviceAccountId = sandbox.jira.serviceTokens[0]!.accountId;
  const gateway = (account: Partial<GatewayAccount> = {}): CloudGateway => {
    const known: GatewayAccount = {
      apiUrl: sandbox.urls.atlassian, cloudId: sandbox.jira.cloudId, email: CREDENTIALS.serviceAccountEmail, token: CREDENTIALS.serviceAccountToken, scheme: 'basic', ...account,
    };
    return new CloudGateway(http, known, learn);
  };
  return {
    sandbox, learned, serviceAccountId, gateway,
    client: (account = {}, accountIds = [serviceAccountId]) => new JiraCloudClient(gateway(account), { siteUrl: sandbox.jira.url, accountIds }, learn),
    close: () => sandbox.close(),
  };
}
