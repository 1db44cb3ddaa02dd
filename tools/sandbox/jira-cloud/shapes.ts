/**
 * The JSON of Jira Cloud: people, projects, comments, changes and issues as REST and webhooks show them (jira-api.md 1.4 and the open
 * recordings). Unimportant fields are there because real answers are full of them and readers must not stumble over them.
 */
import type { Change, Comment, Issue, Person, Project } from '../jira-model.ts';
import { jiraTime } from '../jira-rest.ts';
import type { JiraStore } from '../jira-store.ts';
import { asAdf, asWiki } from './adf.ts';

/** Whom a shape is for: REST v2 and v3 differ in texts, webhooks never show e-mail addresses. */
export type Audience = 'rest-2' | 'rest-3' | 'webhook';

export interface ShapeContext {
  /** Address of the site as people know it, for `self` and browse links. */
  siteUrl: string;
  store: JiraStore;
}

export function personShape(context: ShapeContext, person: Person, audience: Audience): Record<string, unknown> {
  const shape: Record<string, unknown> = {
    self: `${context.siteUrl}/rest/api/2/user?accountId=${encodeURIComponent(person.accountId)}`,
    accountId: person.accountId,
    avatarUrls: { '48x48': `${context.siteUrl}/avatar/48.png`, '16x16': `${context.siteUrl}/avatar/16.png` },
    displayName: person.displayName,
    active: true,
    timeZone: 'Europe/Berlin',
    accountType: person.accountType,
  };
  if (audience !== 'webhook' && person.emailVisible) shape['emailAddress'] = person.emailAddress;
  return shape;
}

export function projectShape(context: ShapeContext, project: Project): Record<string, unknown> {
  return {
    self: `${context.siteUrl}/rest/api/2/project/${project.id}`,
    id: project.id,
    key: project.key,
    name: project.name,
    projectTypeKey: project.type,
    simplified: false,
    avatarUrls: {},
  };
}

export function commentShape(context: ShapeContext, issue: Issue, comment: Comment, audience: Audience): Record<string, unknown> {
  const { store, siteUrl } = context;
  const shape: Record<string, unknown> = {
    self: `${siteUrl}/rest/api/${audience === 'rest-3' ? '3' : '2'}/issue/${issue.id}/comment/${comment.id}`,
    id: comment.id,
    author: personShape(context, store.person(comment.authorId), audience),
    body: audience === 'rest-3' ? asAdf(comment.body) : asWiki(comment.body),
    updateAuthor: personShape(context, store.person(comment.updateAuthorId), audience),
    created: jiraTime(comment.created),
    updated: jiraTime(comment.updated),
    jsdPublic: comment.jsdPublic,
  };
  if (comment.visibility !== null) shape['visibility'] = { ...comment.visibility, identifier: comment.visibility.value };
  return shape;
}

export function changeShape(context: ShapeContext, change: Change): Record<string, unknown> {
  return {
    id: change.id,
    author: personShape(context, context.store.person(change.authorId), 'rest-3'),
    created: jiraTime(change.created),
    items: change.items,
  };
}

/** The six fields that comment webhooks carry: no labels, no description (fact 3). */
export function fewFields(context: ShapeContext, issue: Issue, audience: Audience): Record<string, unknown> {
  const { store, siteUrl } = context;
  return {
    summary: issue.summary,
    issuetype: { self: `${siteUrl}/rest/api/2/issuetype/10001`, id: '10001', name: issue.issueType, subtask: false },
    project: projectShape(context, store.project(issue.projectKey)),
    assignee: issue.assigneeId === null ? null : personShape(context, store.person(issue.assigneeId), audience),
    priority: { self: `${siteUrl}/rest/api/2/priority/3`, id: '3', name: issue.priority },
    status: { self: `${siteUrl}/rest/api/2/status/10001`, id: '10001', name: issue.status, statusCategory: { id: 2, key: 'new', name: 'To Do' } },
  };
}

/** All fields, with a good number of empty custom ones. */
export function allFields(context: ShapeContext, issue: Issue, audience: Audience): Record<string, unknown> {
  const reporter = personShape(context, context.store.person(issue.reporterId), audience);
  const description = issue.description;
  const customFields = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`customfield_${String(10020 + index)}`, null]));
  return {
    ...fewFields(context, issue, audience),
    ...customFields,
    description: description === null ? null : audience === 'rest-3' ? asAdf(description) : asWiki(description),
    labels: [...issue.labels],
    reporter,
    creator: reporter,
    created: jiraTime(issue.created),
    updated: jiraTime(issue.updated),
    resolution: null,
    fixVersions: [],
    components: [],
    attachment: [],
    issuelinks: [],
    subtasks: [],
    timetracking: {},
    workratio: -1,
    watches: { self: `${context.siteUrl}/rest/api/2/issue/${issue.key}/watchers`, watchCount: 1, isWatching: false },
  };
}
