import { Injectable } from '@nestjs/common';
import type { Capability, Integration, Product } from '@openhands-jira/contracts';
import { type ProductSetup, REASON_TEXTS } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { connectionView, linkView, sharedWebhookUrl } from '../connections/connection.view.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { RejectedCalls } from '../deliveries/rejected-calls.service.js';
import { Jiras } from '../jira/jiras.service.js';
import type { Caller } from '../security/access.js';
import { integrationCapabilities, integrationState } from './integration-state.js';
import { sharedSiteCapabilities, sharedSiteState } from './shared-site-state.js';
import { Ties, type OwnTies } from './ties.service.js';

/** The integrations as one caller sees them. */
@Injectable()
export class Integrations {
  constructor(
    private readonly jiras: Jiras,
    private readonly ties: Ties,
    private readonly rejected: RejectedCalls,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** One per product. */
  of(caller: Caller): Promise<Integration[]> {
    return Promise.all(this.jiras.all().map(async (product) => this.integration(caller, product.id, await product.setup())));
  }

  private async integration(caller: Caller, product: Product, setup: ProductSetup): Promise<Integration> {
    const ties = setup.sharedSite ? await this.ties.toShared(product, setup.sharedSite.site, caller.userId) : await this.ties.of(product, caller.userId);
    const { connection, link } = ties;
    return {
      product,
      ...(await this.withRejected(caller, connection, this.seen(caller, setup, ties))),
      linkMethod: setup.linkMethod,
      connection: connection && connectionView(connection, caller.userId, this.config.publicUrl, setup.sharedSite?.account),
      link: link && linkView(link),
      linkedPeople: connection && looksAfter(caller, connection) ? await this.ties.peopleOn(connection.id) : null,
      trigger: { mention: this.config.triggerMention, label: this.config.triggerLabel },
      sharedWebhookUrl: sharedWebhookUrl(this.config.publicUrl, product),
    };
  }

  /** Jira calls and is not let in: whoever looks after the connection must hear that before "nothing has come yet". */
  private async withRejected<Seen extends Pick<Integration, 'state' | 'reasons'>>(caller: Caller, connection: ConnectionEntity | null, seen: Seen): Promise<Seen> {
    if (!connection || !looksAfter(caller, connection) || !['active', 'setup_incomplete'].includes(seen.state)) return seen;
    const rejected = await this.rejected.latest(connection.id, connection.lastDeliveryAt);
    if (!rejected) return seen;
    const { title, hint } = REASON_TEXTS[rejected.reason];
    const reason = { code: 'deliveries_rejected', detail: `Jira sends deliveries, but they are not let in: ${title.charAt(0).toLowerCase()}${title.slice(1)}. ${hint}` };
    return { ...seen, reasons: [reason, ...seen.reasons.filter((one) => one.code !== 'no_delivery_yet')] };
  }

  /** State, reasons and capabilities. Who is no administrator does not learn which setting is missing. */
  private seen(caller: Caller, setup: ProductSetup, ties: OwnTies): Pick<Integration, 'state' | 'reasons' | 'capabilities'> {
    const { isAdmin, userId } = caller;
    if (setup.state !== 'ready') {
      const reasons = setup.reasons ? [isAdmin ? setup.reasons.administrators : setup.reasons.everybody] : [];
      const capabilities: Capability[] = isAdmin ? ['view_deliveries', 'replay'] : [];
      return { state: setup.state === 'off' ? 'disabled' : 'not_configured', reasons, capabilities };
    }
    const person = { linked: ties.link !== null, isAdmin, hasAccount: userId !== null };
    if (setup.sharedSite) {
      const facts = { connection: ties.connection && sharedFacts(ties.connection, userId), ...person };
      return { ...sharedSiteState(facts), capabilities: sharedSiteCapabilities(facts) };
    }
    const facts = { connection: ties.connection && ownFacts(ties.connection, userId), ...person, now: this.clock.now() };
    return { ...integrationState(facts), capabilities: integrationCapabilities(facts) };
  }
}

function ownFacts(row: ConnectionEntity, userId: string | null) {
  return { status: row.status, owned: isOwned(row, userId), tokenExpiresAt: row.serviceAccountTokenExpiresAt, hadDelivery: row.firstDeliveryAt !== null };
}

function sharedFacts(row: ConnectionEntity, userId: string | null) {
  return { status: row.status, owned: isOwned(row, userId), hasOwner: row.ownerId !== null, hasWebhook: row.webhookMode !== null, hadDelivery: row.firstDeliveryAt !== null };
}

/** The owner, and administrators. */
function looksAfter({ userId, isAdmin }: Caller, row: ConnectionEntity): boolean {
  return isAdmin || isOwned(row, userId);
}

function isOwned(row: ConnectionEntity, userId: string | null): boolean {
  return userId !== null && row.ownerId === userId;
}

