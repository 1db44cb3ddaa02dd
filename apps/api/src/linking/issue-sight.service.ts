import { Injectable } from '@nestjs/common';
import type { IssueSight } from '@openhands-jira/contracts';
import { JiraProblem, type JiraProduct, servesProject } from '@openhands-jira/domain';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { Links } from '../connections/links.service.js';
import { rulesOf } from '../connections/rules.service.js';
import { Jiras } from '../jira/jiras.service.js';

/** More sites than people have; each is one call to Jira. */
const MOST_SITES = 5;

/**
 * Whether the service accounts can see an issue, for somebody who asks why nothing happened in it. Only sites that the person
 * owns or is linked on are asked: whether an issue exists is nobody else's affair.
 */
@Injectable()
export class IssueSightings {
  constructor(
    private readonly connections: Connections,
    private readonly links: Links,
    private readonly jiras: Jiras,
  ) {}

  async of(userId: string | null, issueKey: string): Promise<IssueSight[]> {
    if (userId === null) return [];
    const rows = await Promise.all(this.jiras.all().map((product) => this.ownSites(product, userId)));
    return Promise.all(rows.flat().slice(0, MOST_SITES).map((row) => this.ask(row, issueKey)));
  }

  /** Those in effect. A link that ended gives no right to ask. */
  private async ownSites({ id: product }: JiraProduct<ConnectionEntity>, userId: string): Promise<ConnectionEntity[]> {
    const links = await this.links.ofUser(userId, product);
    const rows = await this.connections.ofPerson(product, userId, links.filter(({ status }) => status === 'active').map((link) => link.connectionId));
    return rows.filter(({ status }) => status === 'active' || status === 'paused');
  }

  private async ask(row: ConnectionEntity, issueKey: string): Promise<IssueSight> {
    const { id: connectionId, product, site, lastDeliveryAt } = row;
    const projectServed = servesProject(rulesOf(row), projectOf(issueKey));
    return { connectionId, product, site, seen: await this.seen(row, issueKey), projectServed, lastDeliveryAt: lastDeliveryAt?.toISOString() ?? null };
  }

  private async seen(row: ConnectionEntity, issueKey: string): Promise<IssueSight['seen']> {
    try {
      return (await (await this.jiras.clientFor(row)).getIssue(issueKey)) ? 'yes' : 'no';
    } catch (error) {
      if (error instanceof JiraProblem) return 'unknown';
      throw error;
    }
  }
}

/** What stands before the last hyphen of an issue's key. */
function projectOf(issueKey: string): string {
  return issueKey.slice(0, issueKey.lastIndexOf('-'));
}
