import { Injectable } from '@nestjs/common';
import { isEntitled } from '@openhands-jira/domain';
import { Users } from '../auth/users.service.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { rulesOf } from '../connections/rules.service.js';
import type { PersonalRequest } from './context.js';
import { type Decision, refused } from './decision.js';

const NOT_ENTITLED = 'The rules of the connection do not let this person start work.';

/** Who may start work on a connection, of those who are linked: everybody, or those in its list. */
@Injectable()
export class Entitlements {
  constructor(private readonly users: Users) {}

  /** Those who look after the connection always may, so that nobody can lock everybody out. */
  async mayStart(connection: ConnectionEntity, userId: string): Promise<boolean> {
    const { people } = rulesOf(connection);
    if (people.who === 'everybody_linked' || connection.ownerId === userId) return true;
    const user = await this.users.byId(userId);
    return user !== null && (this.users.isAdmin(user) || isEntitled(people, user.emailVerified ? user.email : null));
  }

  /** Why the person of a request may not start work; null when they may. */
  async refusalFor({ connection, person, delivery, trace }: PersonalRequest): Promise<Decision | null> {
    if (await this.mayStart(connection, person.user.id)) return null;
    trace.note('rules', 'no', NOT_ENTITLED);
    return refused(delivery.id, { kind: 'refusal.user_not_allowed' }, NOT_ENTITLED);
  }
}
