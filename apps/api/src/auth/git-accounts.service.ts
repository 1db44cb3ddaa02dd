import { Injectable } from '@nestjs/common';
import type { GitProviderId } from '@openhands-jira/contracts';
import { DataSource, IsNull } from 'typeorm';
import { SingleFlight } from '../database/single-flight.js';
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

/** What a person has at git providers, as it was read a moment ago. */
export interface PersonsAccounts {
  hosts: string[];
  accessToken(host: string): Promise<AccessToken>;
}

/** The git accounts of our users, and tokens to ask the providers in their names. */
@Injectable()
export class GitAccounts {
  private readonly refreshes: SingleFlight;

  constructor(
    private readonly db: DataSource,
    private readonly providers: GitProviders,
    private readonly oauth: ProviderOAuth,
    private readonly tokens: IdentityTokens,
  ) {
    this.refreshes = new SingleFlight(db);
  }

  /** All accounts of a user, oldest first. */
  async accountsOf(userId: string): Promise<GitAccount[]> {
    const rows = await this.db.getRepository(Identity).find({ where: { userId }, order: { id: 'ASC' } });
    return rows.map(({ provider, host, login, status }) => ({ provider, host, login, status }));
  }

  /** The accounts of a user as they are now, read once for several questions. `accessToken` is as below. */
  async ofPerson(userId: string): Promise<PersonsAccounts> {
    const rows = await this.db.getRepository(Identity).find({ where: { userId }, order: { id: 'ASC' } });
    return { hosts: rows.map(({ host }) => host), accessToken: (host) => this.tokenOf(this.providers.byHost(host), rows) };
  }

  /**
   * A usable access token of this user for this host; an expiring one is refreshed first. Throws `GitProviderUnreachable`
   * when the provider cannot be asked: that says nothing about the account, and changes nothing.
   */
  async accessToken(userId: string, host: string): Promise<AccessToken> {
    return (await this.ofPerson(userId)).accessToken(host);
  }

  private async tokenOf(provider: GitProvider | undefined, rows: Identity[]): Promise<AccessToken> {
    const identity = provider && best(rows.filter((row) => row.provider === provider.id && row.host === provider.host));
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
    const rows = provider ? await this.db.getRepository(Identity).findBy({ userId, provider: provider.id, host: provider.host }) : [];
    const identity = best(rows);
    if (!identity) return;
    const change = identity.refreshTokenSealed === null ? { status: 'expired' as const } : { accessTokenExpiresAt: new Date(0) };
    await this.db.getRepository(Identity).update({ id: identity.id }, change);
  }

  /**
   * One refresh at a time, over all processes, because providers rotate refresh tokens: two refreshes with one token would end
   * the authorisation. Whoever waited finds the new tokens and asks nobody.
   */
  private refreshOnce(provider: GitProvider, identityId: string): Promise<AccessToken> {
    return this.refreshes.once(`refresh identity ${identityId}`, () => this.usable(identityId), () => this.refresh(provider, identityId));
  }

  /** The token as it is stored now, or that there is none to be had; undefined when it has to be refreshed. */
  private async usable(identityId: string): Promise<AccessToken | undefined> {
    const identity = await this.db.getRepository(Identity).findOneBy({ id: identityId });
    if (!identity || identity.status === 'expired') return { kind: 'expired' };
    const token = this.tokens.freshAccessToken(identity);
    return token === null ? undefined : { kind: 'ok', token };
  }

  private async refresh(provider: GitProvider, identityId: string): Promise<AccessToken> {
    const identity = await this.db.getRepository(Identity).findOneByOrFail({ id: identityId });
    const refreshToken = this.tokens.refreshToken(identity);
    const result = refreshToken === null ? { kind: 'rejected' as const } : await this.oauth.refresh(provider, refreshToken);
    if (result.kind === 'rejected') {
      await this.replace(identity, { status: 'expired' });
      return { kind: 'expired' };
    }
    await this.replace(identity, this.tokens.columns(identityId, result.tokens, refreshToken));
    return { kind: 'ok', token: result.tokens.accessToken };
  }

  /** Unless the person signed in again meanwhile: those tokens are newer. */
  private async replace({ id, refreshTokenSealed }: Identity, change: Partial<Identity>): Promise<void> {
    await this.db.getRepository(Identity).update({ id, refreshTokenSealed: refreshTokenSealed ?? IsNull() }, change);
  }
}

/** Somebody with two accounts at one host: the one that works, else the newer one. */
function best(rows: Identity[]): Identity | undefined {
  return rows.toSorted((a, b) => a.status.localeCompare(b.status) || b.id.localeCompare(a.id))[0];
}
