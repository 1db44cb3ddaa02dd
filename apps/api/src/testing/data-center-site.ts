/** Calls of our service account to the sandbox's Data Center server, without the rest of the service. */
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../../tools/sandbox/sandbox.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../../../../tools/sandbox/seed.ts';
import { readConfig } from '../config/config.js';
import { OutgoingHttp } from '../http/outgoing.js';
import { JiraDataCenterClient } from '../jira-data-center/jira-data-center.client.js';
import { DataCenterServer } from '../jira-data-center/jira-data-center.server.js';

export interface DataCenterSiteBench {
  sandbox: Sandbox;
  /** User names that answers named, in order. */
  names: string[];
  serviceAccountId: string;
  server(token?: string | null): DataCenterServer;
  client(token?: string, accountIds?: string[]): JiraDataCenterClient;
  close(): Promise<void>;
}

export async function startDataCenterSite(options: SandboxOptions['jiraDataCenter'] = {}): Promise<DataCenterSiteBench> {
  const sandbox = await startSandbox({ jiraDataCenter: options });
  const http = new OutgoingHttp(readConfig(sandbox.dataCenterEnvironment()));
  const baseUrl = sandbox.urls.jiraDataCenter;
  const names: string[] = [];
  const server = (token: string | null = CREDENTIALS.dataCenterPat): DataCenterServer => new DataCenterServer(http, { baseUrl, token }, (name) => void names.push(name));
  const serviceAccountId = DATA_CENTER_KEYS.agent;
  return {
    sandbox, names, server, serviceAccountId,
    client: (token, accountIds = [serviceAccountId, 'openhands']) => new JiraDataCenterClient(server(token), { baseUrl, accountIds }),
    close: () => sandbox.close(),
  };
}
