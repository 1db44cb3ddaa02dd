import { Injectable } from '@nestjs/common';
import { type CheckServiceAccount, type CreateWorkspace, type ServiceAccountCheck, tokenEndMistake, type UpdateWorkspace, type Workspace, type WorkspaceCreated } from '@openhands-jira/contracts';
import { Clock } from '../config/clock.js';
import type { ConnectionChanges } from '../connections/connection-changes.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { notFound, Problem } from '../security/problem.js';
import { type AccountVerdict, CloudAccountCheck, type TypedAccount } from './jira-cloud.account-check.js';
import { CloudOAuth } from './jira-cloud.oauth.js';

/** A person in a browser. */
export interface Visitor {
  userId: string;
  /** Value of the cookie that ties an OAuth round trip to this browser. */
  browser: string;
}

/**
 * Connecting, changing and joining Cloud workspaces, up to the consent page. Nothing here takes effect: that happens in
 * `CloudCallback`, when the person comes back with the proof of belonging to the site.
 */
@Injectable()
export class CloudWorkspaces {
  constructor(
    private readonly connections: Connections,
    private readonly accounts: CloudAccountCheck,
    private readonly oauth: CloudOAuth,
    private readonly clock: Clock,
  ) {}

  /** The workspace, when one can link to it. `userId` is null for somebody without an account. */
  async find(userId: string | null, site: string): Promise<Workspace> {
    const row = await this.activeOf(userId, site);
    return { site: row.site, status: 'active' };
  }

  /** Tries a service account as it stands in the form. Nothing is stored, and the answer holds nothing of the token. */
  async check(userId: string, { site: typed, serviceAccountEmail: email, serviceAccountApiToken: token }: CheckServiceAccount): Promise<ServiceAccountCheck> {
    const site = this.siteOf(typed);
    await this.ownOrNew(userId, site);
    const verdict = await this.accounts.check({ site, email, token });
    return { ok: verdict.ok, items: verdict.checks, failure: verdict.ok ? null : { path: verdict.field, message: verdict.message } };
  }

  /**
   * Checks the credentials and begins the proof. A new connection waits as a pending row; the owner of a former one gets
   * the same record and URLs, and the new settings travel in the round trip.
   */
  async create(visitor: Visitor, input: CreateWorkspace): Promise<WorkspaceCreated> {
    const site = this.siteOf(input.site);
    this.refusePast(input.serviceAccountTokenExpiresAt);
    const known = await this.ownOrNew(visitor.userId, site);
    const { serviceAccountEmail: email, serviceAccountApiToken: token } = input;
    const changes: ConnectionChanges = {
      ...(await this.checkedAccount({ site, email, token })),
      webhookSecret: input.webhookSecret,
      tokenExpiresAt: input.serviceAccountTokenExpiresAt ?? null,
    };
    const { active } = input;
    if (known) return this.begin(visitor, 'jira-configure', known.id, { ...changes, active });
    const pending = await this.connections.savePending({ product: 'jira-cloud', site, siteUrl: `https://${site}`, ownerId: visitor.userId }, changes);
    return this.begin(visitor, 'jira-configure', pending.id, { active });
  }

  /** Checks changed credentials and begins the proof; the changes travel in the round trip. Owner only. */
  async edit(visitor: Visitor, connectionId: string, input: UpdateWorkspace): Promise<{ authorizationUrl: string }> {
    const row = await this.connections.byId(connectionId);
    if (row?.product !== 'jira-cloud') throw notFound('workspace');
    if (row.ownerId !== visitor.userId) throw new Problem(403, 'not_owner', 'Only the person who set this workspace up can change it. You can link and unlink your own account.');
    this.refuseOtherSite(row, input.site);
    this.refusePast(input.serviceAccountTokenExpiresAt);
    const { webhookSecret, serviceAccountTokenExpiresAt: tokenExpiresAt, active } = input;
    const changes: ConnectionChanges = {
      ...(await this.changedAccount(row, input)),
      ...(webhookSecret !== undefined && { webhookSecret }),
      ...(tokenExpiresAt !== undefined && { tokenExpiresAt }),
      ...(active !== undefined && { active }),
    };
    return this.begin(visitor, 'jira-edit', row.id, changes);
  }

  /** Begins the proof that links this person to an active workspace. */
  async link(visitor: Visitor, site: string): Promise<{ authorizationUrl: string }> {
    const row = await this.activeOf(visitor.userId, site);
    return this.begin(visitor, 'jira-link', row.id, {});
  }

  /** Who would be asked for credentials in vain, because the workspace is somebody else's, hears that at once. */
  private async activeOf(userId: string | null, input: string): Promise<ConnectionEntity> {
    const row = await this.connections.bySite('jira-cloud', this.siteOf(input));
    if (row?.status === 'active') return row;
    const isOthers = row !== null && row.ownerId !== userId;
    throw new Problem(404, 'not_found', 'No active workspace has this name. Check it, or set the workspace up.', isOthers ? [{ path: 'site', message: ownedByOther(row) }] : undefined);
  }

  /** The connection in effect for a site when it is this person's, or null when there is none. */
  private async ownOrNew(userId: string, site: string): Promise<ConnectionEntity | null> {
    const known = await this.connections.bySite('jira-cloud', site);
    if (known && known.ownerId !== userId) throw new Problem(409, 'conflict', ownedByOther(known));
    return known;
  }

  private siteOf(input: string): string {
    const name = this.accounts.siteOf(input);
    if (name.ok) return name.host;
    throw invalid('site', name.message);
  }

  /** Links, deliveries and jobs of a connection belong to its site; they would all be of the wrong one. */
  private refuseOtherSite(row: ConnectionEntity, site: string | undefined): void {
    if (site === undefined || this.siteOf(site) === row.site) return;
    throw invalid('site', `This connection stays with ${row.site}. Set up the other workspace as a connection of its own; the same goes for a workspace that was renamed.`);
  }

  private refusePast(expiresAt: string | null | undefined): void {
    const mistake = tokenEndMistake(expiresAt, this.clock.now());
    if (mistake) throw invalid('serviceAccountTokenExpiresAt', mistake);
  }

  /** The account as a change, when it was changed; also tried, unchanged, before a connection comes to life again. */
  private async changedAccount(row: ConnectionEntity, input: UpdateWorkspace): Promise<ConnectionChanges> {
    const changed = input.serviceAccountEmail !== undefined || input.serviceAccountApiToken !== undefined;
    const revived = row.status !== 'active' && input.active !== false && !(row.status === 'paused' && input.active === undefined);
    if (!changed && !revived) return {};
    const stored = this.connections.serviceAccount(row);
    const email = input.serviceAccountEmail ?? stored?.email;
    const token = input.serviceAccountApiToken ?? stored?.token;
    if (!email || !token) throw invalid('serviceAccountApiToken', 'Paste the API token of the service account.');
    return this.checkedAccount({ site: row.site, email, token });
  }

  private async checkedAccount(account: TypedAccount): Promise<ConnectionChanges> {
    const verdict = await this.accounts.check(account);
    if (!verdict.ok) throw refusedAccount(verdict);
    const { cloudId, scheme, accountId } = verdict;
    return { cloudId, serviceAccount: { email: account.email, token: account.token, scheme, ids: accountId ? [accountId] : [] } };
  }

  private async begin(visitor: Visitor, purpose: 'jira-link' | 'jira-configure' | 'jira-edit', connectionId: string, changes: ConnectionChanges): Promise<WorkspaceCreated> {
    const authorizationUrl = await this.oauth.begin({ purpose, userId: visitor.userId, connectionId, payload: { changes }, browser: visitor.browser });
    return { authorizationUrl, connectionId };
  }
}

function invalid(path: string, message: string): Problem {
  return new Problem(400, 'validation_failed', message, [{ path, message }]);
}

function refusedAccount({ code, field, message }: AccountVerdict & { ok: false }): Problem {
  const status = code === 'jira_unreachable' || code === 'jira_unexpected_answer' ? 502 : 422;
  return new Problem(status, code, message, [{ path: field, message }]);
}

function ownedByOther({ status }: ConnectionEntity): string {
  switch (status) {
    case 'inactive': return 'Somebody else set this workspace up and unlinked it. Only that person can reactivate it; an administrator can take it over.';
    case 'paused': return 'Somebody else set this workspace up and has paused it. Once that person resumes it, you can link your account.';
    default: return 'Somebody else has set this workspace up already. Link your account to it instead of setting it up again.';
  }
}
