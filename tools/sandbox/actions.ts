/**
 * What people do, as short calls: comment, pick the agent from the list, label, press Allow. Stories read better with these than with
 * the objects behind them, which stay reachable for everything else.
 */
import type { Consent } from './consent.ts';
import type { Comment, Visibility } from './jira-model.ts';
import { asWiki } from './jira-cloud/adf.ts';
import { wiki } from './jira-store.ts';
import type { PlayedJira } from './played-jira.ts';
import type { Sandbox } from './sandbox.ts';
import { CREDENTIALS, type ACCOUNTS } from './seed.ts';
import { sign, type Webhook } from './webhook-sender.ts';

/** A short name of the seed (`ben`), or an account id (Data Center: a user key). */
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
  readonly #sandbox: Omit<Sandbox, 'actions' | 'dataCenterActions'>;
  readonly #jira: PlayedJira;

  constructor(sandbox: Omit<Sandbox, 'actions' | 'dataCenterActions'>, jira: PlayedJira) {
    this.#sandbox = sandbox;
    this.#jira = jira;
  }

  /** The id of a person in this Jira: the account id on Cloud, the user key on Data Center. */
  accountId(who: Who): string {
    return this.#jira.idOfName(who);
  }

  /** Writes a comment as a person. The webhooks go out by themselves. */
  comment(issueKey: string, who: Who, text: string, options: { visibility?: Visibility; internal?: boolean } = {}): Comment {
    const { store } = this.#jira;
    return store.addComment(store.issue(issueKey), { authorId: this.accountId(who), body: wiki(text), ...options });
  }

  /** The service account's mention, as Jira writes it when somebody picks it from the list. */
  get agentMention(): string {
    return this.#jira.mention(this.agentAccountId);
  }

  get agentAccountId(): string {
    return this.#jira.agentId();
  }

  editComment(issueKey: string, commentId: string, text: string, who?: Who): void {
    const { store } = this.#jira;
    const issue = store.issue(issueKey);
    const comment = store.comment(issue, commentId);
    store.editComment(issue, comment, { actorId: who === undefined ? comment.authorId : this.accountId(who), body: wiki(text) });
  }

  deleteComment(issueKey: string, commentId: string): void {
    const { store } = this.#jira;
    const issue = store.issue(issueKey);
    const comment = store.comment(issue, commentId);
    store.deleteComment(issue, comment, comment.authorId);
  }

  addLabel(issueKey: string, who: Who, label: string): void {
    const issue = this.#jira.store.issue(issueKey);
    this.#jira.store.setLabels(issue, [...issue.labels.filter((one) => one !== label), label], this.accountId(who));
  }

  removeLabel(issueKey: string, who: Who, label: string): void {
    const issue = this.#jira.store.issue(issueKey);
    this.#jira.store.setLabels(issue, issue.labels.filter((one) => one !== label), this.accountId(who));
  }

  /** Everything that the service account wrote into an issue, oldest first. */
  agentComments(issueKey: string): AgentComment[] {
    const { store } = this.#jira;
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

  /** What an administrator does in Jira under System > WebHooks; two events unless others are named. */
  registerWebhook(url: string, options: { secret?: string | null; events?: string[] } = {}): Webhook {
    const { secret = CREDENTIALS.webhookSecret, events = ['comment_created', 'jira:issue_updated'] } = options;
    return this.#jira.webhooks.register({ name: this.#jira.webhook.name, url, secret, events });
  }

  /** The value of `x-hub-signature` for a body. */
  signature(body: string, secret: string = CREDENTIALS.webhookSecret): string {
    return sign(secret, body);
  }

  /** The address that the browser is sent to when this person presses Allow, at whichever stand-in the authorization URL belongs to. */
  approve(authorizationUrl: string, who: Who): string {
    const { atlassian, jiraDataCenter, played } = this.#sandbox;
    const consent = this.#consentOf(authorizationUrl);
    const id = consent === atlassian.consent ? played.cloud.idOfName(who) : consent === jiraDataCenter.consent ? played.dataCenter.idOfName(who) : who;
    return consent.approve(authorizationUrl, id);
  }

  /** The same for Deny. */
  deny(authorizationUrl: string): string {
    return this.#consentOf(authorizationUrl).deny(authorizationUrl);
  }

  #consentOf(authorizationUrl: string): Consent {
    const { atlassian, jiraDataCenter, github, gitlab, bitbucket, bitbucketDataCenter, urls } = this.#sandbox;
    const { origin } = new URL(authorizationUrl);
    if (origin === urls.atlassian) return atlassian.consent;
    if (origin === new URL(urls.jiraDataCenter).origin) return jiraDataCenter.consent;
    const host = [github, gitlab, bitbucket, bitbucketDataCenter].find((one) => one.url === origin);
    if (host === undefined) throw new Error(`No stand-in listens at ${origin}`);
    return host.consent;
  }
}
