/**
 * The port that holds the difference between Jira Cloud and Jira Data Center.
 *
 * Two rooms implement it (`jira-cloud`, `jira-data-center`); everything that decides or works uses only this page.
 * A parameter that only one product needs is a smell: make it a capability flag, or keep it inside that room.
 */
import type { HealthCheck, Product } from '@openhands-jira/contracts';
import type { DocumentNode } from './comment/document.js';
import type { CommentAudience } from './comment-audience.js';
import type { ChangelogItem, IssueEvent, JiraActor } from './issue-event.js';
import type { DatedChange, RecentIssue } from './recent-issues.js';

/** Something a product can or cannot do, with the reason for people. */
export interface Capability {
  yes: boolean;
  reason: string;
}

export interface JiraCapabilities {
  /** Thumbs-up on a comment. Cloud has none for API tokens; Data Center's is internal and best effort. */
  reactions: Capability;
  /** Editing a comment without mail to watchers (`notifyUsers=false`). Data Center has no such switch. */
  quietEdits: Capability;
  /** Creating the webhook in Jira ourselves. */
  webhookInstallation: Capability;
}

/** An issue as Jira shows it to the service account. */
export interface JiraIssue {
  id: string;
  key: string;
  /** Address for people, on the site itself, never on Atlassian's gateway. */
  url: string;
  projectKey: string;
  /** True on a Jira Service Management project: a comment there can be internal. */
  serviceProject: boolean;
  summary: string;
  /** Wiki markup, or '' when the issue has none. */
  description: string;
  labels: string[];
  status: string;
  creator: JiraActor | null;
  assignee: JiraActor | null;
  attachmentNames: string[];
}

/** A comment as Jira shows it to the service account (REST v2, so the body is wiki markup on both products). */
export interface JiraComment {
  id: string;
  body: string;
  author: JiraActor | null;
  updateAuthor: JiraActor | null;
  audience: CommentAudience;
  created: string;
  updated: string;
  /** Our comment property, when the comment carries it. */
  mark: CommentMark | null;
}

/** One history entry of an issue, with the person who made the change. */
export interface JiraChange {
  id: string;
  author: JiraActor | null;
  items: ChangelogItem[];
}

/** What marks a comment as ours, stored as the comment property `openhands` inside the POST itself. */
export interface CommentMark {
  v: 1;
  /** The key of the write in our outbox: the same key is never posted twice. */
  key: string;
  jobId: string | null;
  kind: string;
}

export interface NewComment {
  body: DocumentNode;
  audience: CommentAudience;
  mark: CommentMark;
}

export interface RemoteLink {
  /** At most 255 characters; the same id updates the same link. */
  globalId: string;
  title: string;
  url: string;
  summary?: string;
  resolved: boolean;
}

/** One line of the check of a service account. */
export interface AccountCheck {
  check: string;
  ok: boolean;
  detail: string;
  hint: string;
  /** In milliseconds. */
  tookMs: number;
}

/** One line of the test of a saved connection. */
export type SiteCheck = Omit<HealthCheck, 'at'>;

/** Why a call to Jira did not give an answer. Each maps to one reason code of a failed delivery. */
export type JiraProblemCode =
  | 'service_account_rejected'
  | 'service_account_forbidden'
  | 'jira_unreachable'
  | 'jira_site_renamed'
  | 'jira_rate_limited'
  | 'jira_unexpected_answer';

/**
 * A call to Jira failed. Expected absences (`404` on an issue or comment) are `null` results, not this error.
 * `retryAfterMs` is set when Jira said when to come back.
 */
export class JiraProblem extends Error {
  constructor(
    readonly code: JiraProblemCode,
    message: string,
    readonly retryAfterMs: number | null = null,
    /** HTTP status of Jira's answer, when there was one. */
    readonly status: number | null = null,
    /** True when Jira means this one issue only (too many writes into it), and the rest of the site works. */
    readonly onlyThisIssue = false,
  ) {
    super(message);
    this.name = 'JiraProblem';
  }
}

/** Calls to one Jira site with the service account of one connection. Every method may throw `JiraProblem`. */
export interface JiraClient {
  /** The issue, or null when the service account cannot see it. */
  getIssue(idOrKey: string): Promise<JiraIssue | null>;
  /** Those of the wanted fields, by id or by name as Jira shows it, that have a value in the issue; none when it cannot be seen. */
  filledFields(issueId: string, wanted: readonly string[]): Promise<string[]>;
  /** One comment, or null when it is gone. */
  getComment(issueId: string, commentId: string): Promise<JiraComment | null>;
  /** Newest first, at most `limit`. */
  listComments(issueId: string, limit: number): Promise<JiraComment[]>;
  /** The history entry with this id, or null. */
  getChange(issueId: string, changeId: string): Promise<JiraChange | null>;
  /** Newest entries of the history, in any order, at least the last hundred if there are so many. */
  listChanges(issueId: string): Promise<DatedChange[]>;
  /** Issues that changed within the last minutes, least recently changed first, at most `limit`. */
  recentlyUpdated(minutes: number, limit: number): Promise<RecentIssue[]>;
  /** Posts a comment and gives its id. */
  addComment(issueId: string, comment: NewComment): Promise<string>;
  /** Edits one of our comments; false when it is gone. `quiet` asks for no mail where the product can. */
  editComment(issueId: string, commentId: string, comment: NewComment, quiet: boolean): Promise<boolean>;
  /** Deletes one of our comments; false when it was gone. Jira has a permission of its own for that ("Delete own comments"). */
  deleteComment(issueId: string, commentId: string): Promise<boolean>;
  /** Creates or updates the link with this global id. */
  putRemoteLink(issueId: string, link: RemoteLink): Promise<void>;
  /** Thumbs-up on a comment; false when this site does not offer it. */
  react(commentId: string): Promise<boolean>;
  /** E-mail address of an account as Jira shows it to the service account, or null when hidden. */
  emailOf(accountId: string): Promise<string | null>;
  /** The active accounts that have exactly this address, as far as Jira shows addresses to the service account. */
  accountsWithEmail(email: string): Promise<JiraActor[]>;
}

/** One sentence for people, with a code for programs. */
export interface SetupReason {
  code: string;
  detail: string;
}

/** What this installation has of a product now. Settings may change at any time, so it is asked for each time. */
export interface ProductSetup {
  /** `off`: not available here. `incomplete`: switched on, and a setting is missing. */
  state: 'off' | 'incomplete' | 'ready';
  /** Why it is not ready. Only administrators learn which setting is missing. */
  reasons: { everybody: SetupReason; administrators: SetupReason } | null;
  linkMethod: 'oauth' | 'email';
  /** The one site that serves the whole installation; null when people connect sites of their own. */
  sharedSite: { site: string; siteUrl: string; account: { email: string; managedBy: 'app' | 'environment' } } | null;
}

/** Where the deliveries of a product come in: paths below the public address of this service. */
export interface WebhookPaths {
  /** Followed by `/<id of the connection>/events`. */
  connections: string;
  /** One address for every site; null where each connection has its own only. */
  shared: string | null;
}

/** What a Jira room offers to the rest of the house. `Connection` is the record of one site, as the house keeps it. */
export interface JiraProduct<Connection> {
  id: Product;
  can: JiraCapabilities;
  webhookPaths: WebhookPaths;
  /** Where people come back to from the consent page: a path below the public address of this service. */
  callbackPath: string;
  /** Pure and quick: it runs while Jira waits. Gives null when the payload is not a Jira event at all. */
  readEvent(payload: unknown): IssueEvent | null;
  /** Calls as the service account of a connection; null when there are no credentials for it. */
  open(connection: Connection): Promise<JiraClient | null>;
  setup(): Promise<ProductSetup>;
  /**
   * Whether the authorisation behind a link is still good; true when none is kept. A link that ended is marked so.
   * Throws `JiraProblem` when Jira cannot be asked: that says nothing about the link.
   */
  linkHolds(linkId: string): Promise<boolean>;
  /**
   * Asks Jira when the token of the service account ends, and keeps the answer in the record of the connection. Does nothing
   * where Jira does not tell it: there a person enters the day. Throws `JiraProblem` when Jira cannot be asked.
   */
  readTokenEnd(connection: Connection): Promise<void>;
  /**
   * Tries the saved credentials of a connection, one check after the other; what an earlier failure leaves untried is `unknown`.
   * Never throws for what Jira does, and repeats nothing of its answers but names.
   */
  test(connection: Connection): Promise<SiteCheck[]>;
  /** A line of the test for whoever owns the connection: what belongs to the installation is told in full to administrators only. */
  forOwner(line: SiteCheck): SiteCheck;
}
