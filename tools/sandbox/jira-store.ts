/**
 * What a Jira site holds: people, projects, issues, comments, history, remote links. Cloud and Data Center look at the same store and
 * differ only in how they speak about it. Every change is announced to listeners, which turn it into webhooks.
 */
import type { SandboxClock } from './clock.ts';
import type { Change, ChangeItem, Comment, Issue, JiraEvent, NewComment, NewIssue, Person, Project, RichText, Visibility } from './jira-model.ts';

/** The number of comments that one issue can hold. */
export const MAX_COMMENTS = 5000;

export class JiraStore {
  readonly clock: SandboxClock;
  readonly people: Person[] = [];
  readonly projects: Project[] = [];
  readonly issues: Issue[] = [];
  #listeners: ((event: JiraEvent) => void)[] = [];
  #lastId = 10000;

  constructor(clock: SandboxClock) {
    this.clock = clock;
  }

  onEvent(listener: (event: JiraEvent) => void): void {
    this.#listeners.push(listener);
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** @throws when the sandbox has no such person: a mistake of the test */
  person(id: string): Person {
    const person = this.people.find((one) => one.accountId === id || one.key === id);
    if (person === undefined) throw new Error(`The sandbox has no Jira person ${id}`);
    return person;
  }

  project(key: string): Project {
    const project = this.projects.find((one) => one.key === key);
    if (project === undefined) throw new Error(`The sandbox has no project ${key}`);
    return project;
  }

  findIssue(idOrKey: string): Issue | undefined {
    return this.issues.find((issue) => issue.id === idOrKey || issue.key === idOrKey.toUpperCase());
  }

  issue(idOrKey: string): Issue {
    const issue = this.findIssue(idOrKey);
    if (issue === undefined) throw new Error(`The sandbox has no issue ${idOrKey}`);
    return issue;
  }

  comment(issue: Issue, commentId: string): Comment {
    const comment = issue.comments.find((one) => one.id === commentId);
    if (comment === undefined) throw new Error(`${issue.key} has no comment ${commentId}`);
    return comment;
  }

  addIssue(fields: NewIssue): Issue {
    const now = this.clock.now();
    const issue: Issue = {
      id: String(this.nextId()),
      key: `${fields.projectKey}-${String(fields.number ?? this.#nextNumber(fields.projectKey))}`,
      projectKey: fields.projectKey,
      summary: fields.summary,
      description: typeof fields.description === 'string' ? wiki(fields.description) : null,
      labels: [...(fields.labels ?? [])],
      status: 'To Do',
      issueType: fields.issueType ?? 'Task',
      priority: 'Medium',
      assigneeId: null,
      reporterId: fields.reporterId,
      created: now,
      updated: now,
      comments: [],
      history: [],
      remoteLinks: [],
      hiddenFrom: new Set(),
    };
    this.issues.push(issue);
    this.#announce({ kind: 'issue_created', issue, actorId: fields.reporterId });
    return issue;
  }

  deleteIssue(issue: Issue, actorId: string): void {
    this.issues.splice(this.issues.indexOf(issue), 1);
    this.#announce({ kind: 'issue_deleted', issue, actorId });
  }

  addComment(issue: Issue, fields: NewComment): Comment {
    const now = this.clock.now();
    const comment: Comment = {
      id: String(this.nextId()),
      authorId: fields.authorId,
      updateAuthorId: fields.authorId,
      body: fields.body,
      created: now,
      updated: now,
      visibility: fields.visibility ?? null,
      jsdPublic: fields.internal !== true,
      properties: new Map(fields.properties ?? []),
      notifiedUsersOnEdit: null,
    };
    issue.comments.push(comment);
    issue.updated = now;
    this.#announce({ kind: 'comment_created', issue, comment, actorId: fields.authorId });
    return comment;
  }

  editComment(issue: Issue, comment: Comment, edit: { actorId: string; body: RichText; visibility?: Visibility | null; notifyUsers?: boolean }): void {
    comment.body = edit.body;
    comment.updateAuthorId = edit.actorId;
    comment.updated = this.clock.now();
    issue.updated = comment.updated;
    comment.notifiedUsersOnEdit = edit.notifyUsers ?? true;
    if (edit.visibility !== undefined) comment.visibility = edit.visibility;
    this.#announce({ kind: 'comment_updated', issue, comment, actorId: edit.actorId });
  }

  deleteComment(issue: Issue, comment: Comment, actorId: string): void {
    issue.comments.splice(issue.comments.indexOf(comment), 1);
    issue.updated = this.clock.now();
    this.#announce({ kind: 'comment_deleted', issue, comment, actorId });
  }

  /** Replaces the labels. The changelog names both whole lists, joined by spaces: that is all that Jira tells (jira-api.md, fact 6). */
  setLabels(issue: Issue, labels: string[], actorId: string): Change {
    const item = changeItem('labels', 'labels', issue.labels.join(' '), labels.join(' '));
    issue.labels = [...labels];
    return this.#change(issue, actorId, [item], 'issue_updated');
  }

  setDescription(issue: Issue, description: string, actorId: string): Change {
    const before = issue.description?.format === 'wiki' ? issue.description.wiki : null;
    issue.description = wiki(description);
    return this.#change(issue, actorId, [changeItem('description', 'description', before, description)], 'issue_updated');
  }

  setStatus(issue: Issue, status: string, actorId: string): Change {
    const item = changeItem('status', 'status', issue.status, status);
    issue.status = status;
    return this.#change(issue, actorId, [item], 'issue_generic');
  }

  /** Moves an issue to another project: its key changes, its id stays. */
  moveIssue(issue: Issue, projectKey: string, actorId: string): Change {
    const [oldKey, newKey] = [issue.key, `${projectKey}-${String(this.#nextNumber(projectKey))}`];
    const items = [changeItem('project', 'project', issue.projectKey, projectKey), changeItem('Key', '', oldKey, newKey)];
    issue.key = newKey;
    issue.projectKey = projectKey;
    return this.#change(issue, actorId, items, 'issue_moved');
  }

  #change(issue: Issue, actorId: string, items: ChangeItem[], eventType: string): Change {
    const change: Change = { id: String(this.nextId()), authorId: actorId, created: this.clock.now(), items };
    issue.history.push(change);
    issue.updated = change.created;
    this.#announce({ kind: 'issue_updated', issue, actorId, change, eventType });
    return change;
  }

  #nextNumber(projectKey: string): number {
    const numbers = this.issues.filter((issue) => issue.projectKey === projectKey).map((issue) => Number(issue.key.split('-')[1]));
    return Math.max(0, ...numbers) + 1;
  }

  #announce(event: JiraEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

export function wiki(text: string): RichText {
  return { format: 'wiki', wiki: text };
}

function changeItem(field: string, fieldId: string, fromString: string | null, toString: string | null): ChangeItem {
  return { field, fieldtype: 'jira', fieldId, from: null, fromString, to: null, toString };
}
