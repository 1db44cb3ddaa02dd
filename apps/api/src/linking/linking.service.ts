import { Injectable } from '@nestjs/common';
import type { RefusedReason } from '@openhands-jira/contracts';
import type { JiraActor, JiraClient } from '@openhands-jira/domain';
import { Users } from '../auth/users.service.js';
import { Links } from '../connections/links.service.js';

/** Who a Jira account is here, or why that cannot be said. `detail` is for the trace; it holds no e-mail address. */
export type Who =
  | { kind: 'person'; user: { id: string; name: string }; link: { id: string; jiraAccountId: string; method: 'oauth' | 'email' }; detail: string }
  | { kind: 'refused'; reason: RefusedReason & ('user_not_linked' | 'user_no_account' | 'user_link_expired' | 'user_is_app'); detail: string };

/**
 * Who in Jira is who here. A person counts only by an own, proven link on this very connection; nothing that a delivery
 * says about a person (name, e-mail address) opens anything.
 */
@Injectable()
export class Linking {
  constructor(
    private readonly links: Links,
    private readonly users: Users,
  ) {}

  /** @param jira asked for the e-mail address, and only to choose between two refusals */
  async whoIs(connectionId: string, actor: JiraActor, jira: Pick<JiraClient, 'emailOf'>): Promise<Who> {
    if (actor.kind === 'app') return refused('user_is_app', `${shown(actor)} is an app or an automation, not a person.`);
    const link = actor.id === '' ? null : await this.links.ofAccount(connectionId, actor.id);
    const user = link && (await this.users.byId(link.userId));
    if (!link || !user) return this.stranger(actor, jira);
    if (link.status === 'expired') return refused('user_link_expired', `The link of ${shown(actor)} has to be renewed.`);
    const { id, jiraAccountId, method } = link;
    return { kind: 'person', user: { id: user.id, name: user.name }, link: { id, jiraAccountId, method }, detail: `${shown(actor)} is linked to ${user.name}.` };
  }

  /**
   * "No account" can be said only when Jira shows an address and nobody here has it; otherwise there may be an account,
   * and about that nobody can tell.
   */
  private async stranger(actor: JiraActor, jira: Pick<JiraClient, 'emailOf'>): Promise<Who> {
    const email = actor.emailAddress ?? (await emailOf(actor, jira));
    if (!email) return refused('user_not_linked', `${shown(actor)} is not linked on this connection. Jira shows no e-mail address.`);
    const known = await this.users.byVerifiedEmail(email);
    if (known.length === 0) return refused('user_no_account', `${shown(actor)} is not linked, and nobody here has the e-mail address that Jira shows.`);
    return refused('user_not_linked', `${shown(actor)} is not linked, but somebody here has the e-mail address that Jira shows.`);
  }
}

/** Without an answer the address counts as hidden: it only chooses words. */
async function emailOf(actor: JiraActor, jira: Pick<JiraClient, 'emailOf'>): Promise<string | null> {
  return actor.id === '' ? null : jira.emailOf(actor.id).catch(() => null);
}

function shown(actor: JiraActor): string {
  return `The Jira account ${actor.id || 'without an id'}`;
}

function refused(reason: (Who & { kind: 'refused' })['reason'], detail: string): Who {
  return { kind: 'refused', reason, detail };
}
