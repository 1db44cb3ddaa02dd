import { Injectable } from '@nestjs/common';
import type { Delegation, DelegationMade, WebhookInstructions } from '@openhands-jira/contracts';
import { AppConfig } from '../config/config.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { WEBHOOK_EVENTS, webhookUrl } from '../connections/connection.view.js';
import { Connections } from '../connections/connections.service.js';
import { Delegations } from '../connections/delegations.service.js';
import { lookedAfter } from '../connections/looked-after.js';
import { Jiras } from '../jira/jiras.service.js';
import type { Caller } from '../security/access.js';
import { Problem } from '../security/problem.js';

/** Where the page shows the instructions. */
const PAGE = '/settings/webhook-for-jira';

/** Who may ask a Jira administrator for the webhook of a connection, and what that person is shown. */
@Injectable()
export class WebhookDelegations {
  constructor(
    private readonly connections: Connections,
    private readonly delegations: Delegations,
    private readonly jiras: Jiras,
    private readonly config: AppConfig,
  ) {}

  /** For whoever may replace the secret of the webhook: opening the link does that. */
  async make(caller: Caller, connectionId: string): Promise<DelegationMade> {
    const row = await lookedAfter(this.connections, caller, connectionId);
    const isShared = (await this.jiras.product(row.product).setup()).sharedSite !== null;
    if (!isShared && row.ownerId !== caller.userId) throw new Problem(403, 'not_owner', 'Only the owner of the connection can have its webhook created by somebody else. You can take the connection over first.');
    needSetUp(row);
    const { token, expiresAt } = await this.delegations.make(row, caller);
    return { url: `${this.config.publicUrl}${PAGE}#${token}`, expiresAt: expiresAt.toISOString() };
  }

  async of(caller: Caller, connectionId: string): Promise<Delegation | null> {
    return this.delegations.of((await lookedAfter(this.connections, caller, connectionId)).id);
  }

  async withdraw(caller: Caller, connectionId: string): Promise<void> {
    return this.delegations.withdraw(await lookedAfter(this.connections, caller, connectionId), caller);
  }

  async open(token: string): Promise<WebhookInstructions> {
    const opened = await this.delegations.open(token);
    if (!opened) throw new Problem(404, 'not_found', 'This link does not work: it was opened before, is older than seven days, or was withdrawn. Ask the person who sent it to you for a new one.');
    const { row, secret, askedBy } = opened;
    const url = webhookUrl({ publicUrl: this.config.publicUrl, paths: this.jiras.product(row.product).webhookPaths }, row.id);
    return { connectionId: row.id, product: row.product, site: row.site, siteUrl: row.siteUrl, askedBy, webhookUrl: url, events: [...WEBHOOK_EVENTS], secret };
  }
}

/** Before that there is nothing yet whose webhook could be created. */
function needSetUp({ status, webhookMode, serviceAccountEmail }: ConnectionEntity): void {
  if (status === 'inactive') throw new Problem(409, 'conflict', 'This connection was ended. Bring it back first, then ask for its webhook.');
  const waitsForProof = status === 'pending' && serviceAccountEmail !== null;
  if (waitsForProof) throw new Problem(409, 'conflict', 'One step is left before: give your consent first, which proves that you belong to this site. Then ask for its webhook.');
  if (webhookMode === null) throw new Problem(409, 'conflict', 'The webhook is not being set up yet. Generate its details first, then ask somebody to create it.');
}
