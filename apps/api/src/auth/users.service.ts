import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AppConfig } from '../config/config.js';
import { normalEmail, sameEmail } from '../security/email-address.js';
import { SecretBox } from '../security/secret-box.js';
import { User } from './user.entity.js';

/** The people who signed in here. */
@Injectable()
export class Users {
  private readonly adminEmails: Set<string>;

  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly box: SecretBox,
    config: AppConfig,
  ) {
    this.adminEmails = new Set(config.env.ADMIN_EMAILS.map(normalEmail));
  }

  byId(id: string): Promise<User | null> {
    return this.users.findOneBy({ id });
  }

  /** Everybody whose verified address this is. Usually none or one; two accounts here may share an address. */
  async byVerifiedEmail(email: string): Promise<User[]> {
    const found = await this.users
      .createQueryBuilder('u')
      .where('u.emailVerified AND lower(u.email) = lower(:email)', { email: normalEmail(email) })
      .orderBy('u.id')
      .getMany();
    // The database knows more letters that are equal in both cases than `sameEmail` does.
    return found.filter((user) => user.email !== null && sameEmail(user.email, email));
  }

  /** An installation administrator is somebody whose verified address the operator listed. */
  isAdmin(user: Pick<User, 'email' | 'emailVerified'>): boolean {
    return user.emailVerified && user.email !== null && this.adminEmails.has(normalEmail(user.email));
  }

  /** The user's own OpenHands key, or null: then the installation's is used. */
  async agentKey(userId: string): Promise<string | null> {
    const user = await this.byId(userId);
    return user?.agentKeySealed ? this.box.open(user.agentKeySealed, placeOf(userId)) : null;
  }

  async setAgentKey(userId: string, key: string | null): Promise<void> {
    await this.users.update({ id: userId }, { agentKeySealed: key === null ? null : this.box.seal(key, placeOf(userId)) });
  }
}

function placeOf(userId: string): string {
  return `users:${userId}:agent_key`;
}
