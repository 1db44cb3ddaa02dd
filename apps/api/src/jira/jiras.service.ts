import { Injectable } from '@nestjs/common';
import type { Product } from '@openhands-jira/contracts';
import { type IssueEvent, type JiraCapabilities, type JiraClient, JiraProblem, type JiraProduct, type SiteCheck } from '@openhands-jira/domain';
import { CallPauses } from '../connections/call-pauses.service.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { RefusedAccounts } from '../connections/refused-accounts.service.js';
import { JiraCloudProduct } from '../jira-cloud/jira-cloud.product.js';
import { JiraDataCenterProduct } from '../jira-data-center/jira-data-center.product.js';
import { pacedClient } from './paced-client.js';
import { WatchedClient } from './watched-client.js';

/** One Jira site, ready for calls. */
export interface OpenJira {
  client: JiraClient;
  can: JiraCapabilities;
  /** True when this site refused a reaction before. */
  reactionsOff: boolean;
}

/** A connection whose row was read just now, or the id of one that must be read. */
export type ConnectionOrId = ConnectionEntity | string;

/**
 * The products as one list. Nothing above this room knows which of them a connection belongs to. A further tracker is a
 * room of its own and one more entry here.
 */
@Injectable()
export class Jiras {
  private readonly products: Map<Product, JiraProduct<ConnectionEntity>>;

  constructor(
    private readonly connections: Connections,
    cloud: JiraCloudProduct,
    dataCenter: JiraDataCenterProduct,
    private readonly refusals: RefusedAccounts,
    private readonly pauses: CallPauses,
  ) {
    this.products = new Map([cloud, dataCenter].map((product) => [product.id, product]));
  }

  /** All products, in the order in which people see them. */
  all(): JiraProduct<ConnectionEntity>[] {
    return [...this.products.values()];
  }

  /** Throws when this installation does not have the product: a row that no code of ours has written. */
  product(id: Product): JiraProduct<ConnectionEntity> {
    const product = this.products.get(id);
    if (!product) throw new Error(`No room serves the product ${id}.`);
    return product;
  }

  /** Reads a payload. Null when it is no Jira event at all. */
  readEvent(id: Product, payload: unknown): IssueEvent | null {
    return this.product(id).readEvent(payload);
  }

  /** False while administrators have switched the product off, or named another Jira: nothing starts then. */
  async isServed({ product, site }: Pick<ConnectionEntity, 'product' | 'site'>): Promise<boolean> {
    const { state, sharedSite } = await this.product(product).setup();
    return state !== 'off' && (sharedSite === null || sharedSite.site === site);
  }

  /** How people are linked on a connection now. */
  async linkMethod(connection: ConnectionOrId): Promise<'oauth' | 'email'> {
    const row = await this.rowOf(connection);
    return row ? (await this.product(row.product).setup()).linkMethod : 'oauth';
  }

  /** Whether the authorisation behind a link is still good. Throws `JiraProblem` when that cannot be asked. */
  async linkHolds(connection: ConnectionOrId, linkId: string): Promise<boolean> {
    const row = await this.rowOf(connection);
    return row ? this.product(row.product).linkHolds(linkId) : false;
  }

  /**
   * Calls as the service account of a connection. Throws `JiraProblem` when the connection is gone or has no credentials;
   * while its Jira is left alone, each call throws `CallsPaused`.
   */
  async clientFor(connection: ConnectionOrId): Promise<JiraClient> {
    const jira = await this.open(connection);
    if (!jira) throw new JiraProblem('service_account_rejected', 'This connection has no service account.');
    return jira.client;
  }

  /** The site of a connection, or null when the connection is gone or has no credentials. */
  async open(connection: ConnectionOrId): Promise<OpenJira | null> {
    const row = await this.rowOf(connection);
    const product = row && this.product(row.product);
    const client = product && (await product.open(row));
    if (!client) return null;
    this.pauses.learn(row.id, row.callsPausedMs, row.callsPausedReason);
    const watched = await this.watched(client, row);
    return { client: pacedClient(watched, (call) => this.pauses.call(row.id, call)), can: product.can, reactionsOff: row.reactionsOffAt !== null };
  }

  private rowOf(connection: ConnectionOrId): Promise<ConnectionEntity | null> {
    return typeof connection === 'string' ? this.connections.byId(connection) : Promise.resolve(connection);
  }

  /** Every call as a service account goes through here, so a refusal is noticed whoever made the call. */
  private async watched(client: JiraClient, connection: ConnectionEntity): Promise<JiraClient> {
    const account = { refused: () => this.refusals.refused(connection.id), accepted: () => this.refusals.accepted(connection) };
    return new WatchedClient(client, account, !(await this.refusals.mayAsk(connection)));
  }

  /** Reads anew when the tokens of the service accounts end, where a Jira tells it. Of a Jira that cannot be asked stays what was known. */
  async readTokenEnds(): Promise<void> {
    for (const connection of await this.connections.inEffect()) await this.product(connection.product).readTokenEnd(connection).catch(() => undefined);
  }

  /**
   * Tries the saved credentials of a connection now, also while its Jira is left alone: whoever asks, waits. A test that
   * finds nothing wrong ends the time in which a refused account is asked about only now and then.
   */
  async test(connection: ConnectionEntity): Promise<SiteCheck[]> {
    const checks = await this.product(connection.product).test(connection);
    if (checks.every(({ result }) => result === 'pass')) await this.refusals.accepted(connection);
    return checks;
  }

  /** Whether a thumbs-up is worth trying: the product has reactions, and the site has not refused one. */
  takesReactions({ product, reactionsOffAt }: Pick<ConnectionEntity, 'product' | 'reactionsOffAt'>): boolean {
    return this.product(product).can.reactions.yes && reactionsOffAt === null;
  }

  /** Remembers that a site takes no reactions from us. */
  switchReactionsOff(connectionId: string): Promise<void> {
    return this.connections.switchReactionsOff(connectionId);
  }
}
