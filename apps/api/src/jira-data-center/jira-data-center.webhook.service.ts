import { Injectable } from '@nestjs/common';
import type { Connection, ConnectionRemoved, WebhookDetails, WebhookInstalled, WebhookStatistics } from '@openhands-jira/contracts';
import { AppConfig } from '../config/config.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { WEBHOOK_EVENTS, webhookUrl } from '../connections/connection.view.js';
import type { SharedChanges } from '../connections/shared-connections.service.js';
import type { Caller } from '../security/access.js';
import { newSecret } from '../security/digest.js';
import { Problem } from '../security/problem.js';
import { DataCenterAccess } from './jira-data-center.access.js';
import type { DataCenterAccount } from './jira-data-center.account.js';
import { WebhookInstaller } from './jira-data-center.installer.js';
import { DataCenterRecord } from './jira-data-center.record.js';
import { WEBHOOK_PATHS } from './jira-data-center.site.js';
import { describeStatistics } from './jira-data-center.webhook-statistics.js';

/** Name of the webhook in Jira. */
const WEBHOOK_NAME = 'OpenHands';

/** Setting the webhook up in its two ways, and giving it another secret. */
@Injectable()
export class DataCenterWebhook {
  constructor(
    private readonly access: DataCenterAccess,
    private readonly record: DataCenterRecord,
    private readonly installer: WebhookInstaller,
    private readonly config: AppConfig,
  ) {}

  /** A secret and an address to enter in Jira by hand. The secret is in this answer only; a pending connection waits for its confirmation. */
  async manual(caller: Caller): Promise<WebhookDetails> {
    const { row, settings } = await this.access.toSetUp(caller, 'own account');
    const account = await this.installer.serviceAccount(settings.baseUrl, settings.serviceAccountPat);
    const secret = newSecret();
    const waiting: SharedChanges = row.status === 'inactive' ? { status: 'pending', webhookConfirmed: false } : {};
    const changed = await this.record.change(row, caller, { what: 'webhook_details_generated', webhookSecret: secret, webhookMode: 'manual', ...waiting, serviceAccountIds: idsOf(account) });
    return this.details(changed, secret);
  }

  /**
   * Creates or updates the webhook in Jira with an administrator's one-time token. Whatever fails, the connection keeps its
   * former state. A secret that is there already is used again, so that deliveries under way stay valid.
   */
  async automatic(caller: Caller, adminToken: string): Promise<WebhookInstalled> {
    const { row, settings } = await this.access.toSetUp(caller, 'administrator token');
    const account = await this.installer.serviceAccount(settings.baseUrl, settings.serviceAccountPat);
    const secret = this.record.secretOf(row) ?? newSecret();
    const url = this.urlOf(row);
    const ours = `${this.config.publicUrl}/integration/jira-dc/`;
    await this.installer.install(settings.baseUrl, adminToken, { name: WEBHOOK_NAME, url, events: WEBHOOK_EVENTS, secret }, (other) => other.startsWith(ours));
    const status = row.status === 'paused' ? 'paused' : 'active';
    await this.record.change(row, caller, { what: 'webhook_installed', webhookSecret: secret, webhookMode: 'automatic', status, webhookConfirmed: true, serviceAccountIds: idsOf(account) });
    return { connectionId: row.id, webhookUrl: url, installed: true };
  }

  /** "I created the webhook": a connection that waited for it is active. */
  async confirm(caller: Caller): Promise<Connection> {
    const { row } = await this.access.toManage(caller);
    if (row.status === 'inactive' || this.record.secretOf(row) === null || row.webhookMode === null) {
      throw new Problem(409, 'conflict', 'There are no webhook details to confirm. Generate them first, and enter them in Jira.');
    }
    const status = row.status === 'pending' ? 'active' : row.status;
    return this.access.view(caller, await this.record.change(row, caller, { what: 'webhook_confirmed', status, webhookConfirmed: true }));
  }

  /** A new secret, in this answer only. The former one is accepted for a day. */
  async rotate(caller: Caller): Promise<WebhookDetails> {
    const { row } = await this.access.toManage(caller);
    if (row.status !== 'active' && row.status !== 'paused') throw new Problem(409, 'conflict', 'The webhook is not set up yet, so it has no secret to replace. Set it up first.');
    const secret = newSecret();
    return this.details(await this.record.change(row, caller, { what: 'webhook_secret_replaced', webhookSecret: secret }), secret);
  }

  async setActive(caller: Caller, active: boolean): Promise<Connection> {
    const { row } = await this.access.toManage(caller);
    if (row.status !== 'active' && row.status !== 'paused') throw new Problem(409, 'conflict', 'The connection is not set up completely yet. Set up the webhook and confirm it first.');
    const status = active ? 'active' : 'paused';
    const isSo = row.status === status;
    return this.access.view(caller, isSo ? row : await this.record.change(row, caller, { what: active ? 'connection_resumed' : 'connection_paused', status }));
  }

  /** What Jira itself counted about the calls to this connection, asked for with an administrator's one-time token. Changes nothing. */
  async statistics(caller: Caller, adminToken: string): Promise<WebhookStatistics> {
    const { row, baseUrl } = await this.access.toManage(caller);
    return describeStatistics(await this.installer.inspect(baseUrl, adminToken, this.urlOf(row)));
  }

  /** Ends the connection and every link on it. With an administrator's one-time token the webhook in Jira goes, too; if that fails, nothing ends. */
  async remove(caller: Caller, adminToken: string | undefined): Promise<ConnectionRemoved> {
    const { row, baseUrl } = await this.access.toManage(caller);
    if (adminToken !== undefined) await this.installer.remove(baseUrl, adminToken, this.urlOf(row));
    return { webhookRemoved: adminToken !== undefined, linksEnded: await this.record.end(row, caller) };
  }

  /** @param row as it is now: it knows until when the former secret counts */
  private details(row: ConnectionEntity, secret: string): WebhookDetails {
    const previousSecretUntil = this.record.formerSecretUntil(row)?.toISOString() ?? null;
    return { connectionId: row.id, webhookUrl: this.urlOf(row), secret, events: [...WEBHOOK_EVENTS], previousSecretUntil };
  }

  private urlOf(row: ConnectionEntity): string {
    return webhookUrl({ publicUrl: this.config.publicUrl, paths: WEBHOOK_PATHS }, row.id);
  }
}

/** Deliveries name the account by its key, mentions by its user name. */
function idsOf({ key, name }: DataCenterAccount): string[] {
  return [key, name];
}
