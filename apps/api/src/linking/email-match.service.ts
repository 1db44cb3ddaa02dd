import { Injectable } from '@nestjs/common';
import { type JiraActor, JiraProblem } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { Users } from '../auth/users.service.js';
import { Links } from '../connections/links.service.js';
import { type Addresses, refused, shown, type Who } from './who.js';

const MAY_NOT_LOOK = 'People are matched by e-mail address, and Jira does not let the service account look for people. It lacks the global permission "Browse Users".';

/**
 * The e-mail rule, for installations whose administrators chose it: somebody in Jira is the one person here whose verified
 * address is exactly the address of their Jira account. It is a weaker proof than OAuth, because people may be able to
 * change their own address in Jira; so one address must lead to one account on both sides, or to nobody.
 */
@Injectable()
export class EmailMatch {
  constructor(
    private readonly db: DataSource,
    private readonly links: Links,
    private readonly users: Users,
  ) {}

  /** Looks for the person and links them, so that they see it in their settings and can undo it; with `onlyLook` nobody is linked. Throws `JiraProblem` when Jira cannot be asked. */
  match(connectionId: string, actor: JiraActor, jira: Addresses, onlyLook: boolean): Promise<Who> {
    return this.find(connectionId, actor, jira, onlyLook).catch((error: unknown) => {
      if (error instanceof JiraProblem && error.code === 'service_account_forbidden') return refused('user_search_forbidden', MAY_NOT_LOOK);
      throw error;
    });
  }

  private async find(connectionId: string, actor: JiraActor, jira: Addresses, onlyLook: boolean): Promise<Who> {
    // Asked for with the service account, never taken from a delivery.
    const email = actor.id === '' ? null : await jira.emailOf(actor.id);
    if (!email) return refused('user_email_hidden', `People are matched by e-mail address, and Jira shows none of ${shown(actor)}.`);
    const [user, ...others] = await this.users.byVerifiedEmail(email);
    if (!user) return refused('user_no_account', `Nobody here has the verified e-mail address of ${shown(actor)}.`);
    if (others.length > 0) return refused('user_link_ambiguous', `Several accounts here have the e-mail address of ${shown(actor)}.`);
    const twins = (await jira.accountsWithEmail(email)).filter((one) => one.id !== actor.id);
    if (twins.length > 0) return refused('user_link_ambiguous', `Several Jira accounts have the e-mail address of ${shown(actor)}.`);
    return onlyLook ? this.wouldBe(connectionId, actor, user) : this.enrol(connectionId, actor, user);
  }

  private async enrol(connectionId: string, actor: JiraActor, user: { id: string; name: string }): Promise<Who> {
    const { id: jiraAccountId, displayName: jiraDisplayName } = actor;
    const link = await this.db.transaction((manager) => this.links.enrol(manager, { connectionId, userId: user.id, jiraAccountId, jiraDisplayName, method: 'email' }));
    return link === 'taken' ? taken(actor) : matched(actor, user, link.method);
  }

  /** What `enrol` would say. */
  private async wouldBe(connectionId: string, actor: JiraActor, user: { id: string; name: string }): Promise<Who> {
    const known = await this.links.ofUserOn(connectionId, user.id);
    return known && known.jiraAccountId !== actor.id ? taken(actor) : matched(actor, user, known?.method ?? 'email');
  }
}

function taken(actor: JiraActor): Who {
  return refused('user_link_ambiguous', `The person here with the e-mail address of ${shown(actor)} is linked to another Jira account.`);
}

function matched(actor: JiraActor, { id, name }: { id: string; name: string }, method: 'oauth' | 'email'): Who {
  return { kind: 'person', user: { id, name }, link: { jiraAccountId: actor.id, method }, detail: `${shown(actor)} was matched to ${name} by e-mail address.` };
}
