import { Injectable } from '@nestjs/common';
import type { IssueEvent, JiraCapabilities, JiraClient, JiraProduct } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { type ConnectionAccess, Connections, type LearnedAccount } from '../connections/connections.service.js';
import { OutgoingHttp } from '../http/outgoing.js';
import { JiraCloudClient } from './jira-cloud.client.js';
import { CloudGateway } from './jira-cloud.gateway.js';
import { readCloudEvent } from './jira-cloud.payload.js';

/** Jira Cloud behind the port that both products share. */
@Injectable()
export class JiraCloudProduct implements JiraProduct<ConnectionAccess> {
  readonly id = 'jira-cloud' as const;

  readonly can: JiraCapabilities = {
    reactions: { yes: false, reason: 'Jira Cloud offers no reactions to API tokens. The first comment is the acknowledgement.' },
    quietEdits: { yes: true, reason: 'Jira Cloud edits comments without mail to watchers when asked to.' },
    webhookInstallation: { yes: false, reason: 'On Jira Cloud an administrator creates the webhook under System > WebHooks.' },
  };

  constructor(
    private readonly http: OutgoingHttp,
    private readonly config: AppConfig,
    private readonly connections: Connections,
    private readonly clock: Clock,
  ) {}

  readEvent(payload: unknown): IssueEvent | null {
    return readCloudEvent(payload);
  }

  client(access: ConnectionAccess): JiraClient {
    const { connectionId, cloudId, siteUrl, email, token, scheme, accountIds } = access;
    // The address does not depend on the OAuth app: jobs that run go on when the app is taken out of the configuration.
    const apiUrl = this.config.env.ATLASSIAN_API_URL;
    const learn = (learned: LearnedAccount): void => {
      if (learned.accountId && accountIds.includes(learned.accountId)) return;
      // Best effort: what could not be kept is learnt again by the next call.
      void this.connections.learn(connectionId, learned).catch(() => undefined);
    };
    const gateway = new CloudGateway(this.http, { apiUrl, cloudId: cloudId ?? '', email, token, scheme }, learn, () => this.clock.now());
    return new JiraCloudClient(gateway, { siteUrl, accountIds }, learn);
  }
}
