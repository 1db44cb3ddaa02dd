import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConnectionEntity } from '../connections/connection.entity.js';
import { Links } from '../connections/links.service.js';
import { noteOAuthEnd } from '../connections/oauth-failures.js';
import type { OAuthAttempt } from '../security/oauth-attempts.service.js';
import { type CallbackResult, type CallbackVisit, comesFromOther } from '../security/oauth-return.js';
import { Problem } from '../security/problem.js';
import { type DataCenterProof, DataCenterOAuth } from './jira-data-center.oauth.js';
import { DataCenterSetup, type ReadyDataCenter } from './jira-data-center.setup.js';

/**
 * The way back from Jira's consent page: the only place where a link by OAuth takes effect. The state works once, in the
 * browser and for the person who began. What was valid then is looked at again now: ten minutes may have passed, and
 * administrators may have changed the settings.
 */
@Injectable()
export class DataCenterCallback {
  constructor(
    private readonly db: DataSource,
    private readonly installed: DataCenterSetup,
    private readonly oauth: DataCenterOAuth,
    private readonly links: Links,
  ) {}

  /** Never throws for what a person or Jira does: every end has a word for the page. */
  async finish(visit: CallbackVisit): Promise<CallbackResult> {
    if (visit.userId === null) return { result: 'expired', code: 'signed_out' };
    const attempt = visit.state ? await this.oauth.take(visit.state, visit.browser) : null;
    if (!attempt?.connectionId || attempt.userId !== visit.userId) return { result: 'expired', code: 'state_unknown' };
    const end = await this.endOf(visit, attempt);
    await noteOAuthEnd(this.db, attempt.connectionId, end, visit.error);
    return end;
  }

  private async endOf(visit: CallbackVisit, attempt: OAuthAttempt): Promise<CallbackResult> {
    if (visit.error === 'access_denied') return { result: 'denied', code: 'access_denied' };
    if (visit.error !== null || visit.code === null) return { result: 'failed', code: visit.error === 'invalid_scope' ? 'scope_refused' : 'no_code' };
    const settings = await this.settings();
    if (!settings) return { result: 'failed', code: 'product_disabled' };
    const { baseUrl, codeVerifier } = attempt.payload;
    // A code goes to the server that issued it and to no other, so this comes first.
    if (baseUrl !== settings.baseUrl) return { result: 'wrong_site', code: 'base_url_changed' };
    if (comesFromOther(visit, settings.baseUrl)) return { result: 'failed', code: 'unexpected_answer' };
    // It lives about ten seconds: it is exchanged before anything else is looked at.
    const proof = await this.oauth.prove(settings, visit.code, String(codeVerifier));
    return proof.ok ? this.takeEffect(attempt.connectionId!, attempt.userId!, settings, proof) : { result: 'failed', code: proof.code };
  }

  private async settings(): Promise<ReadyDataCenter | null> {
    const settings = await this.installed.ready().catch((error: unknown) => {
      if (error instanceof Problem) return null;
      throw error;
    });
    return settings?.oauth ? settings : null;
  }

  private takeEffect(connectionId: string, userId: string, settings: ReadyDataCenter, { account, tokens }: DataCenterProof & { ok: true }): Promise<CallbackResult> {
    return this.db.transaction(async (manager) => {
      const refusal = await refusedBy(manager, connectionId, settings);
      if (refusal) return refusal;
      const { key: jiraAccountId, displayName: jiraDisplayName } = account;
      const link = await this.links.save(manager, { connectionId, userId, jiraAccountId, jiraDisplayName, method: 'oauth', tokens });
      return link === 'taken' ? { result: 'conflict', code: 'jira_account_taken' } : { result: 'linked', code: 'ok' };
    });
  }
}

/** The lock keeps the owner from removing the connection at the very moment. */
async function refusedBy(manager: EntityManager, connectionId: string, settings: ReadyDataCenter): Promise<CallbackResult | null> {
  const row = await manager.findOne(ConnectionEntity, { where: { id: connectionId, product: 'jira-data-center' }, lock: { mode: 'pessimistic_read' } });
  if (row?.site !== settings.site) return { result: 'wrong_site', code: 'base_url_changed' };
  return row.status === 'inactive' ? { result: 'failed', code: 'connection_removed' } : null;
}
