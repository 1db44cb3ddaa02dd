import { Injectable } from '@nestjs/common';
import type { Capability, Integration, RejectedReason } from '@openhands-jira/contracts';
import { type JiraProduct, type ProductSetup, REASON_TEXTS } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { connectionView, linkView, sharedWebhookUrl } from '../connections/connection.view.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { isRefused } from '../connections/refused-accounts.service.js';
import { type OwnTies, Ties } from '../connections/ties.service.js';
import { RejectedCalls } from '../deliveries/rejected-calls.service.js';
import { Jiras } from '../jira/jiras.service.js';
import type { Caller } from '../security/access.js';
import { integrationCapabilities, integrationState } from './integration-state.js';
import { sharedSiteCapabilities, sharedSiteState } from './shared-site-state.js';

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
    return Promise.all(this.jiras.all().map((product) => this.integration(caller, product)));
  }

  private async integration(caller: Caller, product: JiraProduct<ConnectionEntity>): Promise<Integration> {
    const setup = await product.setup();
    const ties = setup.sharedSite ? await this.ties.toShared(product.id, setup.sharedSite.site, caller.userId) : await this.ties.of(product.id, caller.userId);
    const { connection, link } = ties;
    const place = { publicUrl: this.config.publicUrl, paths: product.webhookPaths };
    return {
      product: product.id,
      ...(await this.withRejected(caller, connection, this.seen(caller, setup, ties))),
      linkMethod: setup.linkMethod,
      connection: connection && connectionView(connection, caller.userId, place, setup.sharedSite?.account),
      link: link && linkView(link),
      linkedPeople: connection && looksAfter(caller, connection) ? await this.ties.peopleOn(connection.id) : null,
      trigger: { mention: this.config.triggerMention, label: this.config.triggerLabel },
      sharedWebhookUrl: sharedWebhookUrl(place),
    };
  }

  /** Jira calls and is not let in: whoever looks after the connection must hear that before "nothing has come yet". */
  private async withRejected<Seen extends Pick<Integration, 'state' | 'reasons'>>(caller: Caller, connection: ConnectionEntity | null, seen: Seen): Promise<Seen> {
    if (!connection || !looksAfter(caller, connection) || !['active', 'setup_incomplete'].includes(seen.state)) return seen;
    const rejected = await this.rejected.latest(connection.id, connection.lastDeliveryAt);
    if (!rejected) return seen;
    const reason = { code: 'deliveries_rejected', detail: connection.status === 'inactive' ? STILL_CALLED : rejectedWords(rejected.reason) };
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
      const facts = { connection: ties.connection && sharedFacts(ties.connection, userId), ...person, now: this.clock.now() };
      return { ...sharedSiteState(facts), capabilities: sharedSiteCapabilities(facts) };
    }
    const facts = { connection: ties.connection && ownFacts(ties.connection, userId), ...person, now: this.clock.now() };
    return { ...integrationState(facts), capabilities: integrationCapabilities(facts) };
  }
}

const STILL_CALLED = 'Jira still calls the address of this connection, which was removed. Set the webhook up again, or delete it in Jira.';

function rejectedWords(code: RejectedReason): string {
  const { title, hint } = REASON_TEXTS[code];
  return `Jira sends deliveries, but they are not let in: ${title.charAt(0).toLowerCase()}${title.slice(1)}. ${hint}`;
}

function ownFacts(row: ConnectionEntity, userId: string | null) {
  return { status: row.status, owned: isOwned(row, userId), tokenExpiresAt: row.serviceAccountTokenExpiresAt, tokenRefused: isRefused(row), hadDelivery: row.firstDeliveryAt !== null };
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

