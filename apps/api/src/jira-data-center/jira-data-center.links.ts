import { Injectable } from '@nestjs/common';
import type { Link } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { Users } from '../auth/users.service.js';
import { linkView } from '../connections/connection.view.js';
import { Links } from '../connections/links.service.js';
import { Problem } from '../security/problem.js';
import { JiraDataCenterClient } from './jira-data-center.client.js';
import { answerable } from './jira-data-center.problems.js';
import { DataCenterServers } from './jira-data-center.server.js';
import type { ReadyDataCenter } from './jira-data-center.setup.js';

/** Linking by e-mail address: no consent page, the administrators' choice. */
@Injectable()
export class EmailLinks {
  constructor(
    private readonly db: DataSource,
    private readonly users: Users,
    private readonly links: Links,
    private readonly servers: DataCenterServers,
  ) {}

  /**
   * Links a person to the one Jira account that has their verified address, as Jira shows it to the service account.
   * Throws `Problem` when there is none, or when it is not certain which is meant.
   */
  async link(settings: ReadyDataCenter, connectionId: string, userId: string): Promise<Link> {
    const email = await this.ownEmail(userId);
    const { baseUrl, serviceAccountPat: token } = settings;
    const client = new JiraDataCenterClient(this.servers.open({ baseUrl, token }), { baseUrl, accountIds: [] });
    const found = await answerable('service account', () => client.accountsWithEmail(email));
    if (found.length === 0) throw new Problem(409, 'email_not_found', 'Jira shows no active account with the e-mail address of your account here. Check the address in your Jira profile, or ask an administrator to let people connect by OAuth.');
    if (found.length > 1) throw new Problem(409, 'conflict', 'Several Jira accounts have the e-mail address of your account here, so it is not certain which is yours. Ask a Jira administrator to correct them.');
    const { id: jiraAccountId, displayName: jiraDisplayName } = found[0]!;
    const link = await this.db.transaction((manager) => this.links.save(manager, { connectionId, userId, jiraAccountId, jiraDisplayName, method: 'email' }));
    if (link === 'taken') throw new Problem(409, 'conflict', 'This Jira account is linked to somebody else here. Ask an administrator.');
    return linkView(link);
  }

  /** An address counts only when a git provider has verified it, and when nobody else here has it too. */
  private async ownEmail(userId: string): Promise<string> {
    const user = await this.users.byId(userId);
    if (!user?.email || !user.emailVerified) throw new Problem(409, 'email_not_found', 'Your account here has no verified e-mail address. Verify it at your git provider, sign in again, and try once more.');
    const sharers = await this.users.byVerifiedEmail(user.email);
    if (sharers.length > 1) throw new Problem(409, 'conflict', 'Several accounts here have your e-mail address, so it is not certain which is meant. Ask an administrator.');
    return user.email;
  }
}
