import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { uuidv7 } from '../database/uuid.js';
import type { GitProfile, GitProvider } from '../git-providers/git-provider.js';
import { Identity } from './identity.entity.js';
import { IdentityTokens } from './identity-tokens.service.js';
import type { ProviderTokens } from './provider-oauth.service.js';
import { User } from './user.entity.js';

/** An account that was just proven at a provider. */
export interface ProvenAccount {
  provider: GitProvider;
  profile: GitProfile;
  tokens: ProviderTokens;
}

/** Who a proven account is here. One user per (provider, host, subject); e-mail addresses never decide who somebody is. */
@Injectable()
export class Identities {
  constructor(
    private readonly db: DataSource,
    private readonly tokens: IdentityTokens,
    private readonly clock: Clock,
  ) {}

  /**
   * Signs the account in and gives the user's id. A known account is its user, whoever was signed in before. A new account
   * is added to `signedInUserId`, or becomes a new user.
   */
  signIn(account: ProvenAccount, signedInUserId: string | null): Promise<string> {
    return this.db.transaction(async (manager) => {
      const { provider, profile } = account;
      const key = { provider: provider.id, host: provider.host, subject: profile.subject };
      // Two first sign-ins of one account at once must not make two users.
      await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`identity:${JSON.stringify(key)}`]);
      const known = await manager.findOneBy(Identity, key);
      if (known) return this.signInAgain(manager, known, account);
      const userId = signedInUserId ?? (await this.addUser(manager, profile));
      const id = uuidv7();
      await manager.insert(Identity, { ...key, id, userId, ...columnsOf(profile), createdAt: this.clock.now(), ...this.tokens.columns(id, account.tokens) });
      if (signedInUserId !== null) await this.updateUser(manager, userId, profile);
      return userId;
    });
  }

  private async signInAgain(manager: EntityManager, { id, userId }: Identity, { profile, tokens }: ProvenAccount): Promise<string> {
    await manager.update(Identity, { id }, { ...columnsOf(profile), ...this.tokens.columns(id, tokens) });
    await this.updateUser(manager, userId, profile);
    return userId;
  }

  private async addUser(manager: EntityManager, profile: GitProfile): Promise<string> {
    const id = uuidv7();
    const { name, email, emailVerified, avatarUrl } = profile;
    const now = this.clock.now();
    await manager.insert(User, { id, name, email, emailVerified, avatarUrl, createdAt: now, lastSignedInAt: now });
    return id;
  }

  /**
   * The profile follows the provider. With several accounts the address is one that an account has verified at its own latest sign-in,
   * that of the present one first: an address counts no longer than an account has it.
   */
  private async updateUser(manager: EntityManager, userId: string, profile: GitProfile): Promise<void> {
    const accounts = await manager.find(Identity, { where: { userId }, order: { createdAt: 'ASC' } });
    const { email, emailVerified } = [profile, ...accounts].find((one) => one.emailVerified) ?? profile;
    await manager.update(User, { id: userId }, {
      ...(accounts.length === 1 && { name: profile.name, avatarUrl: profile.avatarUrl }),
      email, emailVerified: emailVerified ?? false,
      lastSignedInAt: this.clock.now(),
    });
  }
}

/** What an account tells of itself at each sign-in. */
function columnsOf({ login, email, emailVerified }: GitProfile): Pick<Identity, 'login' | 'email' | 'emailVerified'> {
  return { login, email, emailVerified };
}
