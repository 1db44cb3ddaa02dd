import { Injectable, Logger } from '@nestjs/common';
import { type Shape, shapesOf, textOf } from '@openhands-jira/domain';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { SharedConnections } from '../connections/shared-connections.service.js';
import { DataCenterServers } from './jira-data-center.server.js';
import { DataCenterSetup } from './jira-data-center.setup.js';

/**
 * When the personal access token of the service account ends. Jira lists the tokens of an account by name and end, never by
 * their secret, so which of several is ours only its name can tell. Best effort: versions before 8.14 have no such list.
 */
@Injectable()
export class DataCenterTokenEnd {
  private readonly log = new Logger('jira-data-center');

  constructor(
    private readonly installed: DataCenterSetup,
    private readonly servers: DataCenterServers,
    private readonly connections: Connections,
    private readonly shared: SharedConnections,
  ) {}

  /** Asks Jira and keeps the answer with the connection; null when it does not tell. Throws `JiraProblem` when it cannot be asked. */
  async read({ id, site }: Pick<ConnectionEntity, 'id' | 'site'>): Promise<void> {
    const account = await this.installed.serviceAccount();
    if (account?.site !== site) return;
    const answer = await this.servers.open(account).call({ method: 'GET', path: '/rest/pat/latest/tokens', expect: [403, 404] });
    const end = answer.status === 200 ? endOfToken(shapesOf(answer.json()), account.tokenName) : null;
    await this.connections.keepTokenEnd(id, end);
  }

  /** The same after a change of the settings or the webhook, while nobody waits for it: what fails here is tried again every day. */
  readSoon(): void {
    void this.readInstalled().catch((error: unknown) => this.log.debug({ err: error }, 'Jira did not tell when the token of the service account ends'));
  }

  private async readInstalled(): Promise<void> {
    const address = await this.installed.address();
    const connection = address && (await this.shared.find('jira-data-center', address.site));
    if (connection) await this.read(connection);
  }
}

/** The end of the token with this name, or of the only one; null when it has none, or nobody can tell which is ours. */
export function endOfToken(tokens: Shape[], name: string | null): Date | null {
  const candidates = name === null ? tokens : tokens.filter((token) => textOf(token, 'name') === name);
  const text = candidates.length === 1 ? textOf(candidates[0]!, 'expiringAt') : null;
  const end = new Date(text ?? Number.NaN);
  return Number.isNaN(end.getTime()) ? null : end;
}
