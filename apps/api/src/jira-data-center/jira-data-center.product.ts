import { Injectable } from '@nestjs/common';
import type { IssueEvent, JiraCapabilities, JiraClient, JiraProduct, ProductSetup, SiteCheck } from '@openhands-jira/domain';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { ownAccount } from './jira-data-center.account.js';
import { JiraDataCenterClient } from './jira-data-center.client.js';
import { readDataCenterEvent } from './jira-data-center.payload.js';
import { DataCenterSavedTest, forOwner } from './jira-data-center.saved-test.js';
import { type DataCenterServer, DataCenterServers } from './jira-data-center.server.js';
import { DataCenterSetup } from './jira-data-center.setup.js';
import { CALLBACK_PATH, WEBHOOK_PATHS } from './jira-data-center.site.js';
import { DataCenterTokenEnd } from './jira-data-center.token-end.js';
import { DataCenterTokens } from './jira-data-center.tokens.js';

/** Jira Data Center behind the port that both products share. */
@Injectable()
export class JiraDataCenterProduct implements JiraProduct<ConnectionEntity> {
  readonly id = 'jira-data-center' as const;

  readonly can: JiraCapabilities = {
    reactions: { yes: true, reason: 'Some versions of Jira Data Center have reactions. Where they are missing we stop after the first try.' },
    quietEdits: { yes: false, reason: 'Jira Data Center cannot edit a comment without mail to watchers.' },
    webhookInstallation: { yes: true, reason: 'Jira Data Center lets an administrator create the webhook over REST.' },
  };

  readonly webhookPaths = WEBHOOK_PATHS;

  readonly callbackPath = CALLBACK_PATH;

  constructor(
    private readonly servers: DataCenterServers,
    private readonly connections: Connections,
    private readonly installed: DataCenterSetup,
    private readonly tokens: DataCenterTokens,
    private readonly tokenEnd: DataCenterTokenEnd,
    private readonly savedTest: DataCenterSavedTest,
  ) {}

  readEvent(payload: unknown): IssueEvent | null {
    return readDataCenterEvent(payload);
  }

  /** The account of the installation's settings counts only for the site that they name: no other ever sees its token. */
  async open({ id, site, serviceAccountIds: accountIds }: ConnectionEntity): Promise<JiraClient | null> {
    const account = await this.installed.serviceAccount();
    if (account?.site !== site) return null;
    const { baseUrl, token } = account;
    const server = this.servers.open({ baseUrl, token }, (name) => this.learn(server, id, accountIds, name));
    return new JiraDataCenterClient(server, { baseUrl, accountIds });
  }

  setup(): Promise<ProductSetup> {
    return this.installed.describe();
  }

  linkHolds(linkId: string): Promise<boolean> {
    return this.tokens.linkHolds(linkId);
  }

  readTokenEnd(connection: ConnectionEntity): Promise<void> {
    return this.tokenEnd.read(connection);
  }

  test(connection: ConnectionEntity): Promise<SiteCheck[]> {
    return this.savedTest.run(connection);
  }

  forOwner(line: SiteCheck): SiteCheck {
    return forOwner(line);
  }

  /** Every answer names the account. A name that is new to us (set-up, another token) is worth the question for its key. */
  private learn(server: DataCenterServer, connectionId: string, accountIds: string[], name: string): void {
    if (accountIds.includes(name)) return;
    accountIds.push(name);
    // Best effort: what could not be kept is learnt again by the next call.
    void ownAccount(server)
      .then((account) => this.connections.learn(connectionId, { accountIds: [account.key, account.name] }))
      .catch(() => undefined);
  }
}
