import { Injectable } from '@nestjs/common';
import type { JiraActor, JiraClient } from '@openhands-jira/domain';
import { type User } from '../auth/user.entity.js';
import { Users } from '../auth/users.service.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import type { LinkEntity } from '../connections/link.entity.js';
import { Links } from '../connections/links.service.js';
import { type ConnectionOrId, Jiras } from '../jira/jiras.service.js';
import { EmailMatch } from './email-match.service.js';
import { type Addresses, refused, shown, type Who } from './who.js';

/**
 * Who in Jira is who here. A person counts only by an own link on this very connection, or by the e-mail rule when the
 * administrators chose it; nothing that a delivery says about a person (name, e-mail address) opens anything.
 */
@Injectable()
export class Linking {
  constructor(
    private readonly links: Links,
    private readonly users: Users,
    private readonly jiras: Jiras,
    private readonly emails: EmailMatch,
  ) {}

  /**
   * @param jira asked for e-mail addresses, as the service account sees them
   * @param onlyLook whoever is found by the e-mail rule is not linked, for a trial
   */
  async whoIs(connection: ConnectionOrId, actor: JiraActor, jira: Addresses, onlyLook = false): Promise<Who> {
    const connectionId = typeof connection === 'string' ? connection : connection.id;
    if (actor.kind === 'app') return refused('user_is_app', `${shown(actor)} is an app or an automation, not a person.`);
    const method = await this.jiras.linkMethod(connection);
    const tie = actor.id === '' ? null : await this.links.ofAccount(connectionId, actor.id);
    if (tie) return this.linked(connection, actor, method, tie.link, { id: tie.link.userId, name: tie.personName });
    return method === 'email' ? this.emails.match(connectionId, actor, jira, onlyLook) : this.stranger(actor, jira);
  }

  /** The owner of a connection, in whose name an app asks. The owner's own link is the proof of who that is in this Jira. */
  async ownerFor(connection: ConnectionEntity, app: JiraActor): Promise<Who> {
    const { id, ownerId } = connection;
    const [link, owner] = ownerId === null ? [null, null] : await Promise.all([this.links.ofUserOn(id, ownerId), this.users.byId(ownerId)]);
    const who = link && owner ? await this.linked(connection, app, await this.jiras.linkMethod(connection), link, owner) : null;
    if (who?.kind !== 'person') return refused('user_is_app', `${shown(app)} is an app that may ask, but only in the name of the owner of the connection, whose own Jira account is not linked here now.`);
    return { ...who, detail: `${shown(app)} is an app that may ask. It acts in the name of ${who.user.name}, who owns the connection.` };
  }

  /** The own link of somebody who is signed in here, or null when there is none that would count for a request in Jira now. */
  async ownLink(connection: ConnectionEntity, userId: string): Promise<LinkEntity | null> {
    const link = await this.links.ofUserOn(connection.id, userId);
    if (!link) return null;
    const actor: JiraActor = { id: link.jiraAccountId, displayName: link.jiraDisplayName, kind: 'person' };
    const who = await this.linked(connection, actor, await this.jiras.linkMethod(connection), link, { id: userId, name: '' });
    return who.kind === 'person' ? link : null;
  }

  private async linked(connection: ConnectionOrId, actor: JiraActor, method: 'oauth' | 'email', link: LinkEntity, user: Pick<User, 'id' | 'name'>): Promise<Who> {
    const { id, jiraAccountId, method: proof } = link;
    if (proof === 'email' && method === 'oauth') return refused('user_not_linked', `${shown(actor)} was matched by e-mail address, and administrators have chosen OAuth since.`, 'would_match');
    const holds = link.status === 'active' && (await this.jiras.linkHolds(connection, id));
    if (!holds) return refused('user_link_expired', `The link of ${shown(actor)} has to be renewed.`);
    return { kind: 'person', user: { id: user.id, name: user.name }, link: { jiraAccountId, method: proof }, detail: `${shown(actor)} is linked to ${user.name}.` };
  }

  /**
   * "No account" can be said only when Jira shows an address and nobody here has it; otherwise there may be an account,
   * and about that nobody can tell.
   */
  private async stranger(actor: JiraActor, jira: Addresses): Promise<Who> {
    const email = actor.emailAddress ?? (await emailOf(actor, jira));
    if (email === undefined) return refused('user_not_linked', `${shown(actor)} is not linked on this connection. Jira could not be asked for the e-mail address.`);
    if (!email) return refused('user_not_linked', `${shown(actor)} is not linked on this connection. Jira shows no e-mail address.`, 'email_hidden');
    const known = await this.users.byVerifiedEmail(email);
    if (known.length === 0) return refused('user_no_account', `${shown(actor)} is not linked, and nobody here has the e-mail address that Jira shows.`);
    return refused('user_not_linked', `${shown(actor)} is not linked, but somebody here has the e-mail address that Jira shows.`, known.length > 1 ? 'ambiguous' : 'would_match');
  }
}

/** Null when it is hidden; undefined without an answer: it only chooses words. */
async function emailOf(actor: JiraActor, jira: Pick<JiraClient, 'emailOf'>): Promise<string | null | undefined> {
  return actor.id === '' ? undefined : jira.emailOf(actor.id).catch(() => undefined);
}

export type { Who };
