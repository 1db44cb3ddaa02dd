import { Injectable } from '@nestjs/common';
import type { Connection } from '@openhands-jira/contracts';
import { AppConfig } from '../config/config.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { connectionView } from '../connections/connection.view.js';
import { Links } from '../connections/links.service.js';
import { SharedConnections } from '../connections/shared-connections.service.js';
import type { Caller } from '../security/access.js';
import { notFound, Problem } from '../security/problem.js';
import { DataCenterSetup, type ReadyDataCenter } from './jira-data-center.setup.js';
import { WEBHOOK_PATHS } from './jira-data-center.site.js';

/** What shows that somebody belongs to this Jira: the own account linked, or a token of its administrator. */
export type SetUpProof = 'own account' | 'administrator token';

/** The installation's one record of its Jira Data Center, for those who may touch it. */
@Injectable()
export class DataCenterAccess {
  constructor(
    private readonly installed: DataCenterSetup,
    private readonly shared: SharedConnections,
    private readonly links: Links,
    private readonly config: AppConfig,
  ) {}

  /**
   * The record for somebody who sets the webhook up, made when there is none. The first who shows that they belong to this
   * Jira may do that and becomes the owner. Without such a proof strangers could: whoever has a git account may sign in
   * here, and an owner sees all deliveries.
   */
  async toSetUp(caller: Caller, proof: SetUpProof): Promise<{ row: ConnectionEntity; settings: ReadyDataCenter }> {
    const settings = await this.installed.ready();
    const row = await this.shared.ensure({ product: 'jira-data-center', site: settings.site, siteUrl: settings.baseUrl });
    const isFree = row.ownerId === null && (row.status === 'pending' || row.status === 'inactive');
    if (!isFree || caller.isAdmin) needManager(caller, row);
    else if (proof === 'own account') await this.needLink(caller, row);
    return { row, settings };
  }

  /** The record for its owner or an administrator; also while a setting is missing. */
  async toManage(caller: Caller): Promise<{ row: ConnectionEntity; baseUrl: string }> {
    const address = await this.installed.address();
    const row = address && (await this.shared.find('jira-data-center', address.site));
    if (!row) throw notFound('connection');
    needManager(caller, row);
    return { row, baseUrl: address.baseUrl };
  }

  async view(caller: Caller, row: ConnectionEntity): Promise<Connection> {
    return connectionView(row, caller.userId, { publicUrl: this.config.publicUrl, paths: WEBHOOK_PATHS }, await this.installed.account());
  }

  private async needLink(caller: Caller, row: ConnectionEntity): Promise<void> {
    const link = caller.userId === null ? null : await this.links.ofUserOn(row.id, caller.userId);
    if (link) return;
    throw new Problem(403, 'forbidden', 'Connect your own Jira account first: it shows that you belong to this Jira. Or install the webhook automatically with the token of a Jira administrator.');
  }
}

function needManager(caller: Caller, row: ConnectionEntity): void {
  if (caller.isAdmin || (row.ownerId !== null && row.ownerId === caller.userId)) return;
  throw new Problem(403, 'not_owner', 'Only the person who set the webhook up and administrators of this installation can do this. You can link and unlink your own account.');
}
