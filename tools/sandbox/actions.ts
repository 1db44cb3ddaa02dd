/**
 * What people do, as short calls: comment, pick the agent from the list, label, press Allow. Stories read better with these than with
 * the objects behind them, which stay reachable for everything else.
 */
import type { Consent } from './consent.ts';
import type { Comment, Visibility } from './jira-model.ts';
import { asWiki } from './jira-cloud/adf.ts';
import { sign, type Webhook } from './jira-cloud/webhooks.ts';
import { wiki } from './jira-store.ts';
import type { Sandbox } from './sandbox.ts';
import { ACCOUNTS, CREDENTIALS } from './seed.ts';

/** A short name of the seed (`ben`), or an account id. */
export type Who = keyof typeof ACCOUNTS | (string & {});

/** A comment that the service account wrote, as a reader sees it. */
export interface AgentComment {
  id: string;
  /** As wiki markup, whatever format it was posted in. */
  text: string;
  properties: Record<string, unknown>;
  visibility: Visibility | null;
  internal: boolean;
  edited: boolean;
  /** Null when it was never edited. */
  notifiedUsersOnEdit: boolean | null;
}

export class Actions {
  readonly #sandbox: Omit<Sandbox, 'actions'>;

  constructor(sandbox: Omit<Sandbox, 'actions'>) {
    this.#sandbox = sandbox;
  }

  accountId(who: Who): string {
    return who in ACCOUNTS ? ACCOUNTS[who as keyof typeof ACCOUNTS] : who;
  }

  /** Writes a comment as a person. The webhooks go out by themselves. */
  comment(issueKey: string, who: Who, text: string, options: { visibility?: Visibility; internal?: boolean } = {}): Comment {
    const { store } = this.#sandbox.jira;
    return store.addComment(store.issue(issueKey), { authorId: this.accountId(who), body: wiki(text), ...options });
  }

  /** The service account's mention, as Jira writes it when somebody picks it from the list. */
  get agentMention(): string {
    return `[~accountid:${this.agentAccountId}]`;
  }

  get agentAccountId(): string {
    return this.#sandbox.jira.serviceTokens[0]?.accountId ?? '';
  }

  editComment(issueKey: string, commentId: string, text: string, who?: Who): void {
    const { store } = this.#sandbox.jira;
    const issue = store.issue(issueKey);
    const comment = store.comment(issue, commentId);
    store.editComment(issue, comment, { actorId: who === undefined ? comment.authorId : this.accountId(who), body: wiki(text) });
  }

  deleteComment(issueKey: string, commentId: string): void {
    const { store } = this.#sandbox.jira;
    const issue = store.issue(issueKey);
    const comment = store.comment(issue, commentId);
    store.deleteComment(issue, comment, comment.authorId);
  }

  addLabel(issueKey: string, who: Who, label: string): void {
    const issue = this.#sandbox.jira.store.issue(issueKey);
    this.#sandbox.jira.store.setLabels(issue, [...issue.labels.filter((one) => one !== label), label], this.accountId(who));
  }

  removeLabel(issueKey: string, who: Who, label: string): void {
    const issue = this.#sandbox.jira.store.issue(issueKey);
    this.#sandbox.jira.store.setLabels(issue, issue.labels.filter((one) => one !== label), this.accountId(who));
  }

  /** Everything that the service account wrote into an issue, oldest first. */
  agentComments(issueKey: string): AgentComment[] {
    const { store } = this.#sandbox.jira;
    return store
      .issue(issueKey)
      .comments.filter((comment) => comment.authorId === this.agentAccountId)
      .map((comment) => ({
        id: comment.id,
        text: asWiki(comment.body),
        properties: Object.fromEntries(comment.properties),
        visibility: comment.visibility,
        internal: !comment.jsdPublic,
        edited: comment.notifiedUsersOnEdit !== null,
        notifiedUsersOnEdit: comment.notifiedUsersOnEdit,
      }));
  }

  /** What an administrator does in Jira under System > WebHooks; the events are those of the setup guide. */
  registerWebhook(url: string, options: { secret?: string | null; events?: string[] } = {}): Webhook {
    const { secret = CREDENTIALS.webhookSecret, events = ['comment_created', 'jira:issue_updated'] } = options;
    return this.#sandbox.jira.webhooks.register({ name: 'OpenHands Cloud Integration', url, secret, events });
  }

  /** The value of `x-hub-signature` for a body. */
  signature(body: string, secret: string = CREDENTIALS.webhookSecret): string {
    return sign(secret, body);
  }

  /** The address that the browser is sent to when this person presses Allow, at whichever stand-in the authorization URL belongs to. */
  approve(authorizationUrl: string, who: Who): string {
    const consent = this.#consentOf(authorizationUrl);
    return consent.approve(authorizationUrl, consent === this.#sandbox.atlassian.consent ? this.accountId(who) : who);
  }

  /** The same for Deny. */
  deny(authorizationUrl: string): string {
    return this.#consentOf(authorizationUrl).deny(authorizationUrl);
  }

  #consentOf(authorizationUrl: string): Consent {
    const { atlassian, github, gitlab, bitbucket, bitbucketDataCenter, urls } = this.#sandbox;
    const { origin } = new URL(authorizationUrl);
    if (origin === urls.atlassian) return atlassian.consent;
    const host = [github, gitlab, bitbucket, bitbucketDataCenter].find((one) => one.url === origin);
    if (host === undefined) throw new Error(`No stand-in listens at ${origin}`);
    return host.consent;
  }
}
