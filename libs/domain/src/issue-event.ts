/**
 * A Jira delivery in our own words.
 *
 * Jira Cloud and Jira Data Center tell the same story with different payloads: Cloud names people by `accountId`,
 * Data Center by `key`; Data Center sends two deliveries for one comment, one of them without the issue. Each Jira
 * room reads its payload into an `IssueEvent` once (`product.readEvent`, pure), and nothing after that knows which
 * product spoke. Everything here is still a claim: before work starts in somebody's name, the comment or the change is
 * read back from Jira.
 */
import type { CommentAudience } from './comment-audience.js';

/** A person (or app) in Jira, as Jira names them. */
export interface JiraActor {
  /** `accountId` on Cloud, `key` on Data Center. Empty string when the payload names nobody. */
  id: string;
  /** Data Center user name, used for `[~name]` mentions. Absent on Cloud. */
  name?: string;
  displayName: string;
  /** Rarely present; never trusted from a payload. */
  emailAddress?: string;
  /** Cloud's account kind. Data Center has none: `person`. */
  kind: 'person' | 'app' | 'customer' | 'unknown';
}

/** The issue that an event is about. Data Center's `comment_created` may carry only the id. */
export interface EventIssue {
  id: string;
  key: string | null;
  projectKey: string | null;
}

export interface EventComment {
  id: string;
  /** Wiki markup: webhooks never carry ADF on either product. Empty when the payload has no text. */
  body: string;
  author: JiraActor | null;
  audience: CommentAudience;
  /** The `updated` time as Jira wrote it; part of the trigger key of an edit. */
  updated: string | null;
  /** True when the comment carries our own comment property. */
  ours: boolean;
}

/** One entry of a Jira changelog. `fromString`/`toString` hold whole label lists, joined by blanks. */
export interface ChangelogItem {
  field: string;
  fieldId?: string;
  fieldtype?: string;
  fromString: string;
  /** Called `toText`, because an object without its own `toString` inherits one. */
  toText: string;
}

export type IssueEventKind =
  | 'comment_created'
  | 'comment_edited'
  | 'comment_deleted'
  | 'issue_created'
  | 'issue_updated'
  | 'issue_deleted'
  /** An event that we do nothing with. */
  | 'other';

export interface IssueEvent {
  kind: IssueEventKind;
  /** Jira's own word, for the delivery log: `comment_created`, `jira:issue_updated / issue_commented`, ... */
  name: string;
  issue: EventIssue | null;
  /** Who caused the event; null when the payload does not tell. */
  actor: JiraActor | null;
  comment: EventComment | null;
  /** `issue.fields.labels` of a created issue. */
  labels: string[];
  /** Its `summary`, and its `description` in wiki markup; empty when the payload has none. */
  summary: string;
  description: string;
  changelogId: string | null;
  changelog: ChangelogItem[];
  /** As Jira wrote it (a number, a string, or missing). Decides nothing but a fallback key. */
  timestamp: string | null;
}
