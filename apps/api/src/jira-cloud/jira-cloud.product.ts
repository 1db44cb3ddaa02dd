import { Injectable } from '@nestjs/common';
import type { IssueEvent, JiraCapabilities, JiraClient, JiraProduct, ProductSetup, SiteCheck, WebhookPaths } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections, type LearnedAccount, type ServiceAccount } from '../connections/connections.service.js';
import { OutgoingHttp } from '../http/outgoing.js';
import { JiraCloudClient } from './jira-cloud.client.js';
import { CloudGateway } from './jira-cloud.gateway.js';
import { CALLBACK_PATH } from './jira-cloud.oauth.js';
import { readCloudEvent } from './jira-cloud.payload.js';
import { CloudSavedTest } from './jira-cloud.saved-test.js';

/** Jira Cloud behind the port that both products share. */
@Injectable()
export class JiraCloudProduct implements JiraProduct<ConnectionEntity> {
  readonly id = 'jira-cloud' as const;

  readonly can: JiraCapabilities = {
    reactions: { yes: false, reason: 'Jira Cloud offers no reactions to API tokens. The first comment is the acknowledgement.' },
    quietEdits: { yes: true, reason: 'Jira Cloud edits comments without mail to watchers when asked to.' },
    webhookInstallation: { yes: false, reason: 'On Jira Cloud an administrator creates the webhook under System > WebHooks.' },
  };

  readonly webhookPaths: WebhookPaths = { connections: '/integration/jira/connections', shared: '/integration/jira/events' };

  readonly callbackPath = CALLBACK_PATH;

  constructor(
    private readonly http: OutgoingHttp,
    private readonly config: AppConfig,
    private readonly connections: Connections,
    private readonly clock: Clock,
    private readonly savedTest: CloudSavedTest,
  ) {}

  readEvent(payload: unknown): IssueEvent | null {
    return readCloudEvent(payload);
  }

  open(connection: ConnectionEntity): Promise<JiraClient | null> {
    const account = this.connections.serviceAccount(connection);
    return Promise.resolve(account && this.client(connection, account));
  }

  private client({ id, cloudId, siteUrl, serviceAccountIds: accountIds }: ConnectionEntity, { email, token, scheme }: ServiceAccount): JiraClient {
    // The address does not depend on the OAuth app: jobs that run go on when the app is taken out of the configuration.
    const apiUrl = this.config.env.ATLASSIAN_API_URL;
    const learn = (learned: LearnedAccount): void => {
      if (learned.accountId && accountIds.includes(learned.accountId)) return;
      // Best effort: what could not be kept is learnt again by the next call.
      void this.connections.learn(id, learned).catch(() => undefined);
    };
    const gateway = new CloudGateway(this.http, { apiUrl, cloudId: cloudId ?? '', email, token, scheme }, learn, () => this.clock.now());
    return new JiraCloudClient(gateway, { siteUrl, accountIds }, learn);
  }

  /** People connect sites of their own; the installation only needs the OAuth app. */
  setup(): Promise<ProductSetup> {
    const reasons = {
      everybody: { code: 'product_disabled', detail: 'Jira Cloud is not available on this installation. Ask an administrator.' },
      administrators: { code: 'oauth_app_missing', detail: 'Jira Cloud needs an Atlassian OAuth 2.0 (3LO) app: set JIRA_CLOUD_CLIENT_ID and JIRA_CLOUD_CLIENT_SECRET.' },
    };
    const isReady = this.config.jiraCloud !== null;
    return Promise.resolve({ state: isReady ? 'ready' : 'off', reasons: isReady ? null : reasons, linkMethod: 'oauth', sharedSite: null });
  }

  /** The proof is read once, and nothing of it is kept that could end. */
  linkHolds(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** Atlassian tells nobody when an API token ends: the owner enters the day. */
  readTokenEnd(): Promise<void> {
    return Promise.resolve();
  }

  test(connection: ConnectionEntity): Promise<SiteCheck[]> {
    return this.savedTest.run(connection);
  }

  /** The whole connection is its owner's affair, so every reader learns the same. */
  forOwner(line: SiteCheck): SiteCheck {
    return line;
  }
}
