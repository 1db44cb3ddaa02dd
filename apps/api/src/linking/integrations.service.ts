import { Injectable } from '@nestjs/common';
import type { Integration, Product } from '@openhands-jira/contracts';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { connectionView, linkView } from '../connections/connection.view.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import type { LinkEntity } from '../connections/link.entity.js';
import { Links } from '../connections/links.service.js';
import type { Caller } from '../security/access.js';
import { integrationCapabilities, type IntegrationFacts, integrationState } from './integration-state.js';

/** What a person has with one product: the connection that is theirs first, and their link on it. */
export interface OwnTies {
  connection: ConnectionEntity | null;
  link: LinkEntity | null;
}

/** The integrations as one caller sees them. */
@Injectable()
export class Integrations {
  constructor(
    private readonly connections: Connections,
    private readonly links: Links,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** One per product. */
  async of(caller: Caller): Promise<Integration[]> {
    return [await this.jiraCloud(caller), dataCenter(caller)];
  }

  /**
   * The connection that a person means when none is named: the owned one that is in effect, else the one linked to, else an
   * owned one that is not in effect; the newest first.
   */
  async tiesOf(product: Product, userId: string): Promise<OwnTies> {
    const links = await this.links.ofUser(userId, product);
    const rows = await this.connections.ofPerson(product, userId, links.map((link) => link.connectionId));
    const rank = (row: ConnectionEntity): number => {
      if (row.ownerId !== userId) return 1;
      return { active: 0, paused: 0, pending: 2, inactive: 3 }[row.status];
    };
    const connection = rows.sort((a, b) => rank(a) - rank(b))[0] ?? null;
    return { connection, link: links.find((link) => link.connectionId === connection?.id) ?? null };
  }

  private async jiraCloud(caller: Caller): Promise<Integration> {
    const { connection, link } = caller.userId === null ? { connection: null, link: null } : await this.tiesOf('jira-cloud', caller.userId);
    const facts: IntegrationFacts = {
      configured: this.config.jiraCloud !== null,
      connection: connection && {
        status: connection.status,
        owned: connection.ownerId === caller.userId,
        tokenExpiresAt: connection.serviceAccountTokenExpiresAt,
        hadDelivery: connection.firstDeliveryAt !== null,
      },
      linked: link !== null,
      isAdmin: caller.isAdmin,
      hasAccount: caller.userId !== null,
      now: this.clock.now(),
    };
    return {
      product: 'jira-cloud',
      ...integrationState(facts),
      linkMethod: 'oauth',
      connection: connection && connectionView(connection, caller.userId, this.config.publicUrl),
      link: link && linkView(link),
      capabilities: integrationCapabilities(facts),
    };
  }
}

/** Switched off until an administrator configures it; who is no administrator does not learn what is missing. */
function dataCenter(caller: Caller): Integration {
  const reason = caller.isAdmin
    ? { code: 'not_enabled', detail: 'Jira Data Center is not enabled on this installation.' }
    : { code: 'product_disabled', detail: 'Jira Data Center is not available on this installation.' };
  return { product: 'jira-data-center', state: 'disabled', reasons: [reason], linkMethod: 'oauth', connection: null, link: null, capabilities: [] };
}
