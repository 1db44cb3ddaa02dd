import { Injectable } from '@nestjs/common';
import type { DataCenterLinked } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { Links } from '../connections/links.service.js';
import { SharedConnections } from '../connections/shared-connections.service.js';
import { Problem } from '../security/problem.js';
import { EmailLinks } from './jira-data-center.links.js';
import { DataCenterOAuth, type Visitor } from './jira-data-center.oauth.js';
import { DataCenterSetup } from './jira-data-center.setup.js';

/** What becomes of a wish to be linked: a consent page, or with e-mail matching the link itself. */
export type LinkBegun = { authorizationUrl: string } | DataCenterLinked;

/** Linking people, up to the consent page. With OAuth nothing takes effect here: that happens in `DataCenterCallback`. */
@Injectable()
export class DataCenterLinking {
  constructor(
    private readonly installed: DataCenterSetup,
    private readonly connections: SharedConnections,
    private readonly oauth: DataCenterOAuth,
    private readonly emails: EmailLinks,
  ) {}

  async link(visitor: Visitor): Promise<LinkBegun> {
    const settings = await this.installed.ready();
    const connection = await this.connections.ensure({ product: 'jira-data-center', site: settings.site, siteUrl: settings.baseUrl });
    if (connection.status === 'inactive') throw new Problem(409, 'conflict', 'The integration was removed. Somebody has to set up the webhook again before people can connect.');
    if (settings.oauth === null) return { link: await this.emails.link(settings, connection.id, visitor.userId) };
    return { authorizationUrl: await this.oauth.begin(settings, connection.id, visitor) };
  }
}

/** Ends the own link, with the tokens in it. Works while the product is off, too. */
@Injectable()
export class DataCenterUnlinking {
  constructor(
    private readonly db: DataSource,
    private readonly links: Links,
  ) {}

  async unlink(userId: string): Promise<void> {
    const links = await this.links.ofUser(userId, 'jira-data-center');
    await this.db.transaction(async (manager) => {
      for (const link of links) await this.links.end(manager, link.connectionId, userId);
    });
  }
}
