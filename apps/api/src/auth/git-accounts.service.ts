import { Injectable } from '@nestjs/common';
import type { GitProviderId } from '@openhands-jira/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import type { GitProvider } from '../git-providers/git-provider.js';
import { GitProviders } from '../git-providers/git-providers.service.js';
import { Identity } from './identity.entity.js';
import { IdentityTokens } from './identity-tokens.service.js';
import { ProviderOAuth } from './provider-oauth.service.js';

/** An account at a git provider, as other rooms see it. */
export interface GitAccount {
  provider: GitProviderId;
  host: string;
  login: string;
  status: 'active' | 'expired';
}

/** `expired`: there was an account, but the provider no longer accepts its authorisation; the person has to sign in again. */
export type AccessToken = { kind: 'ok'; token: string } | { kind: 'not_connected' } | { kind: 'expired' };

/** The git accounts of our users, and tokens to ask the providers in their names. */
@Injectable()
export class GitAccounts {
  /** Refreshes under way in this process, by identity. */
  private readonly refreshes = new Map<string, Promise<AccessToken>>();

  constructor(
    private readonly db: DataSource,
    private readonly providers: GitProviders,
    private readonly oauth: ProviderOAuth,
    private readonly tokens: IdentityTokens,
  ) {}

  /** All accounts of a user, oldest first. */
  async accountsOf(userId: string): Promise<GitAccount[]> {
    const rows = await this.db.getRepository(Identity).find({ where: { userId }, order: { id: 'ASC' } });
    return rows.map(({ provider, host, login, status }) => ({ provider, host, login, status }));
  }

  /**
   * A usable access token of this user for this host; an expiring one is refreshed first. Throws `GitProviderUnreachable`
   * when the provider cannot be asked: that says nothing about the account, and changes nothing.
   */
  async accessToken(userId: string, host: string): Promise<AccessToken> {
    const provider = this.providers.byHost(host);
    const identity = provider && (await this.find(userId, provider));
    if (!identity) return { kind: 'not_connected' };
    if (identity.status === 'expired') return { kind: 'expired' };
    const token = this.tokens.freshAccessToken(identity);
    if (token !== null) return { kind: 'ok', token };
    return this.refreshOnce(provider, identity.id);
  }

  /**
   * The provider answered "sign-in expired" to a token that looked good. With a refresh token the next call of
   * `accessToken` tries that; without one the account is expired.
   */
  async rejected(userId: string, host: string): Promise<void> {
    const provider = this.providers.byHost(host);
    const identity = provider && (await this.find(userId, provider));
    if (!identity) return;
    const change = identity.refreshTokenSealed === null ? { status: 'expired' as const } : { accessTokenExpiresAt: new Date(0) };
    await this.db.getRepository(Identity).update({ id: identity.id }, change);
  }

  /** Somebody with two accounts at one host: the one that works, else the newer one. */
  private find(userId: string, { id, host }: GitProvider): Promise<Identity | null> {
    return this.db.getRepository(Identity).findOne({ where: { userId, provider: id, host }, order: { status: 'ASC', id: 'DESC' } });
  }

  /** Callers of this process share one refresh, so that a slow provider does not hold a database connection for each of them. */
  private refreshOnce(provider: GitProvider, identityId: string): Promise<AccessToken> {
    const running = this.refreshes.get(identityId);
    if (running) return running;
    const refresh = this.db.transaction((manager) => this.refresh(manager, provider, identityId)).finally(() => this.refreshes.delete(identityId));
    this.refreshes.set(identityId, refresh);
    return refresh;
  }

  /**
   * One refresh at a time, over all processes: the row stays locked from before the provider is asked until the new tokens
   * are committed. Whoever waited finds them and asks nobody. Providers rotate refresh tokens, so two refreshes with one
   * token would end the authorisation.
   */
  private async refresh(manager: EntityManager, provider: GitProvider, identityId: string): Promise<AccessToken> {
    const identity = await manager.findOne(Identity, { where: { id: identityId }, lock: { mode: 'pessimistic_write' } });
    if (!identity || identity.status === 'expired') return { kind: 'expired' };
    const token = this.tokens.freshAccessToken(identity);
    if (token !== null) return { kind: 'ok', token };
    const refreshToken = this.tokens.refreshToken(identity);
    const result = refreshToken === null ? { kind: 'rejected' as const } : await this.oauth.refresh(provider, refreshToken);
    if (result.kind === 'rejected') {
      await manager.update(Identity, { id: identityId }, { status: 'expired' });
      return { kind: 'expired' };
    }
    await manager.update(Identity, { id: identityId }, this.tokens.columns(identityId, result.tokens, refreshToken));
    return { kind: 'ok', token: result.tokens.accessToken };
  }
}
