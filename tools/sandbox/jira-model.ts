/** The things that a Jira site holds, in the words of Jira itself, before Cloud or Data Center put them into their own JSON. */

/** A text as somebody wrote it: wiki markup, or an ADF document (only REST v3 of Cloud). */
export type RichText = { format: 'wiki'; wiki: string } | { format: 'adf'; adf: AdfNode };

export interface AdfNode {
  type: string;
  text?: string;
  attrs?: Record<string, unknown>;
  marks?: { type: string; attrs?: Record<string, unknown> }[];
  content?: AdfNode[];
  version?: number;
}

export interface Person {
  /** Cloud identity. */
  accountId: string;
  /** Data Center identity. */
  key: string;
  name: string;
  displayName: string;
  emailAddress: string;
  /** Whether Jira shows the address to others. */
  emailVisible: boolean;
  /** Person, automation or app, customer of a portal. */
  accountType: 'atlassian' | 'app' | 'customer';
  isAdmin: boolean;
  /** Project roles and groups, for restricted comments. */
  roles: string[];
  groups: string[];
}

export interface Project {
  id: string;
  key: string;
  name: string;
  type: 'software' | 'service_desk';
}

export interface Visibility {
  type: 'role' | 'group';
  value: string;
}

export interface Comment {
  id: string;
  authorId: string;
  updateAuthorId: string;
  body: RichText;
  created: number;
  updated: number;
  visibility: Visibility | null;
  /** False for an internal note on a service project. */
  jsdPublic: boolean;
  properties: Map<string, unknown>;
  /** How the last edit asked for mail: for tests that look whether people are left in peace. */
  notifiedUsersOnEdit: boolean | null;
}

export interface ChangeItem {
  field: string;
  fieldtype: string;
  fieldId: string;
  from: string | null;
  fromString: string | null;
  to: string | null;
  toString: string | null;
}

export interface Change {
  id: string;
  authorId: string;
  created: number;
  items: ChangeItem[];
}

export interface RemoteLink {
  id: number;
  globalId: string | null;
  application: unknown;
  relationship: string | null;
  object: Record<string, unknown>;
}

export interface Issue {
  id: string;
  key: string;
  projectKey: string;
  summary: string;
  description: RichText | null;
  labels: string[];
  status: string;
  issueType: string;
  priority: string;
  assigneeId: string | null;
  reporterId: string;
  created: number;
  updated: number;
  comments: Comment[];
  history: Change[];
  remoteLinks: RemoteLink[];
  /** People who get 404 for it. */
  hiddenFrom: Set<string>;
}

export type JiraEvent =
  | { kind: 'issue_created' | 'issue_deleted'; issue: Issue; actorId: string }
  | { kind: 'issue_updated'; issue: Issue; actorId: string; change: Change; eventType: string }
  | { kind: 'comment_created' | 'comment_updated' | 'comment_deleted'; issue: Issue; comment: Comment; actorId: string };

export interface NewComment {
  authorId: string;
  body: RichText;
  visibility?: Visibility | null;
  internal?: boolean;
  properties?: [string, unknown][];
}

export interface NewIssue {
  projectKey: string;
  /** Number behind the project key; the next free one when absent. */
  number?: number;
  summary: string;
  description?: string | null;
  labels?: string[];
  reporterId: string;
  issueType?: string;
}
