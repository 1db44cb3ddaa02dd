import { Injectable } from '@nestjs/common';
import type { Capability, Integration, OtherConnection } from '@openhands-jira/contracts';
import type { JiraProduct, ProductSetup } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { connectionView, linkView, sharedWebhookUrl, type WebhookPlace } from '../connections/connection.view.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { rulesOf } from '../connections/rules.service.js';
import { isRefused } from '../connections/refused-accounts.service.js';
import { type OwnTies, type Tie, Ties } from '../connections/ties.service.js';
import { Jiras } from '../jira/jiras.service.js';
import type { Caller } from '../security/access.js';
import { integrationCapabilities, integrationState } from './integration-state.js';
import { KnownTroubles } from './known-troubles.js';
import { sharedSiteCapabilities, sharedSiteState } from './shared-site-state.js';

type Seen = Pick<Integration, 'state' | 'reasons' | 'capabilities'>;

/** The integrations as one caller sees them. */
@Injectable()
export class Integrations {
  constructor(
    private readonly jiras: Jiras,
    private readonly ties: Ties,
    private readonly troubles: KnownTroubles,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** One per product. */
  of(caller: Caller): Promise<Integration[]> {
    return Promise.all(this.jiras.all().map((product) => this.integration(caller, product)));
  }

  private async integration(caller: Caller, product: JiraProduct<ConnectionEntity>): Promise<Integration> {
    const setup = await product.setup();
    const ties = setup.sharedSite ? await this.ties.toShared(product.id, setup.sharedSite.site, caller.userId) : await this.ties.of(product.id, caller.userId);
    const { connection } = ties;
    const place = { publicUrl: this.config.publicUrl, paths: product.webhookPaths };
    return {
      product: product.id,
      ...(connection ? await this.ofConnection(caller, setup, { ...ties, connection }, place) : { ...this.seen(caller, setup, ties), connection: null, link: null, linkedPeople: null }),
      linkMethod: setup.linkMethod,
      trigger: { mention: this.config.triggerMention, label: this.config.triggerLabel },
      sharedWebhookUrl: sharedWebhookUrl(place),
      siteUrl: (setup.state === 'ready' && setup.sharedSite?.siteUrl) || null,
      others: await Promise.all(ties.others.map((tie) => this.ofConnection(caller, setup, tie, place))),
    };
  }

  /** One connection, and what the caller has with it. */
  private async ofConnection(caller: Caller, setup: ProductSetup, { connection, link }: Tie, place: WebhookPlace): Promise<OtherConnection> {
    const seen = this.seen(caller, setup, { connection, link });
    const isMine = looksAfter(caller, connection);
    return {
      ...(isMine ? await this.troubles.addTo(seen, caller, connection) : seen),
      connection: connectionView(connection, caller.userId, place, setup.sharedSite?.account),
      link: link && linkView(link),
      linkedPeople: isMine ? await this.ties.peopleOn(connection.id) : null,
    };
  }

  /** State, reasons and capabilities. Who is no administrator does not learn which setting is missing. */
  private seen(caller: Caller, setup: ProductSetup, ties: Pick<OwnTies, 'connection' | 'link'>): Seen {
    const { isAdmin, userId } = caller;
    if (setup.state !== 'ready') {
      const reasons = setup.reasons ? [isAdmin ? setup.reasons.administrators : setup.reasons.everybody] : [];
      const capabilities: Capability[] = isAdmin ? ['view_deliveries', 'replay'] : [];
      return { state: setup.state === 'off' ? 'disabled' : 'not_configured', reasons, capabilities };
    }
    const person = { linked: ties.link !== null, isAdmin, hasAccount: userId !== null };
    if (setup.sharedSite) {
      const facts = { connection: ties.connection && sharedFacts(ties.connection, userId), ...person, now: this.clock.now() };
      return { ...sharedSiteState(facts), capabilities: sharedSiteCapabilities(facts) };
    }
    const facts = { connection: ties.connection && ownFacts(ties.connection, userId), ...person, now: this.clock.now() };
    return { ...integrationState(facts), capabilities: integrationCapabilities(facts) };
  }
}

function ownFacts(row: ConnectionEntity, userId: string | null) {
  return { status: row.status, owned: isOwned(row, userId), tokenExpiresAt: row.serviceAccountTokenExpiresAt, tokenRefused: isRefused(row), hadDelivery: row.firstDeliveryAt !== null, watches: rulesOf(row).shadow };
}

function sharedFacts(row: ConnectionEntity, userId: string | null) {
  return { ...ownFacts(row, userId), hasOwner: row.ownerId !== null, hasWebhook: row.webhookMode !== null };
}

/** The owner, and administrators. */
function looksAfter({ userId, isAdmin }: Caller, row: ConnectionEntity): boolean {
  return isAdmin || isOwned(row, userId);
}

function isOwned(row: ConnectionEntity, userId: string | null): boolean {
  return userId !== null && row.ownerId === userId;
}

