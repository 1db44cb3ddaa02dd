import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ConnectionChanges } from '../connections/connection-changes.js';
import { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { Links } from '../connections/links.service.js';
import { noteOAuthEnd } from '../connections/oauth-failures.js';
import type { OAuthAttempt } from '../security/oauth-attempts.service.js';
import { type CallbackResult, type CallbackVisit, comesFromOther } from '../security/oauth-return.js';
import { CloudOAuth, type CloudProof } from './jira-cloud.oauth.js';

/** Ends the transaction without effect. Stays within this file. */
class Refused extends Error {
  constructor(readonly outcome: CallbackResult) {
    super(outcome.code);
  }
}

/**
 * The way back from Atlassian: the only place where a connection or a link takes effect.
 *
 * The state works once, in the browser and for the person who began. What was valid then is looked at again now, because
 * ten minutes may have passed: the owner may be another, the workspace inactive, the site taken.
 */
@Injectable()
export class CloudCallback {
  constructor(
    private readonly db: DataSource,
    private readonly connections: Connections,
    private readonly links: Links,
    private readonly oauth: CloudOAuth,
  ) {}

  /** Never throws for what a person or Atlassian does: every end has a word for the page. */
  async finish(visit: CallbackVisit): Promise<CallbackResult> {
    if (visit.userId === null) return { result: 'expired', code: 'signed_out' };
    const attempt = visit.state ? await this.oauth.take(visit.state, visit.browser) : null;
    if (!attempt || attempt.userId !== visit.userId) return { result: 'expired', code: 'state_unknown' };
    const end = await this.endOf(visit, attempt);
    await noteOAuthEnd(this.db, attempt.connectionId, end, visit.error);
    return end;
  }

  private async endOf(visit: CallbackVisit, attempt: OAuthAttempt): Promise<CallbackResult> {
    if (comesFromOther(visit, this.oauth.server)) return { result: 'failed', code: 'unexpected_answer' };
    if (visit.error === 'access_denied') return { result: 'denied', code: 'access_denied' };
    if (visit.error !== null || visit.code === null) return { result: 'failed', code: 'no_code' };
    const row = attempt.connectionId ? await this.connections.byId(attempt.connectionId) : null;
    if (row?.product !== 'jira-cloud') return { result: 'failed', code: 'connection_gone' };
    const { changes = {} } = attempt.payload as { changes?: ConnectionChanges };
    const proof = await this.oauth.prove(visit.code, row.site, changes.cloudId ?? row.cloudId);
    return proof.ok ? this.takeEffect(attempt, changes, proof) : { result: proof.result, code: proof.code };
  }

  private async takeEffect(attempt: OAuthAttempt, changes: ConnectionChanges, proof: CloudProof & { ok: true }): Promise<CallbackResult> {
    const [connectionId, userId] = [attempt.connectionId!, attempt.userId!];
    const linkOnly = attempt.purpose === 'jira-link';
    try {
      await this.db.transaction(async (manager) => {
        await (linkOnly ? needActive(manager, connectionId) : this.apply(manager, connectionId, userId, { ...changes, cloudId: proof.cloudId }));
        await this.link(manager, connectionId, userId, proof);
      });
      return { result: linkOnly ? 'linked' : 'configured', code: 'ok' };
    } catch (error) {
      if (error instanceof Refused) return error.outcome;
      throw error;
    }
  }

  private async apply(manager: EntityManager, connectionId: string, userId: string, changes: ConnectionChanges): Promise<void> {
    const applied = await this.connections.applyProven(manager, connectionId, changes, { userId });
    if (applied === 'taken') throw new Refused({ result: 'conflict', code: 'site_taken' });
    if (applied === 'gone') throw new Refused({ result: 'failed', code: 'connection_gone' });
    if (applied.ownerId !== userId) throw new Refused({ result: 'conflict', code: 'not_owner' });
  }

  private async link(manager: EntityManager, connectionId: string, userId: string, proof: CloudProof & { ok: true }): Promise<void> {
    const { accountId: jiraAccountId, displayName: jiraDisplayName } = proof;
    const link = await this.links.save(manager, { connectionId, userId, jiraAccountId, jiraDisplayName, method: 'oauth' });
    if (link === 'taken') throw new Refused({ result: 'conflict', code: 'jira_account_taken' });
  }
}

/** The lock keeps the owner from unlinking everybody at the very moment. */
async function needActive(manager: EntityManager, connectionId: string): Promise<void> {
  const row = await manager.findOne(ConnectionEntity, { where: { id: connectionId }, lock: { mode: 'pessimistic_read' } });
  if (row?.status !== 'active') throw new Refused({ result: 'failed', code: 'workspace_inactive' });
}
