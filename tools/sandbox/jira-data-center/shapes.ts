/**
 * The JSON of Jira Data Center (jira-api.md 3.5, and the open recordings): people have a name and a key and no accountId, changelog items
 * have no fieldId, every address has the context path. Unimportant fields are there because real answers are full of them.
 */
import type { Change, Comment, Issue, Person, Project } from '../jira-model.ts';
import { jiraTime, maySeeComment } from '../jira-rest.ts';
import type { JiraDataCenter } from './data-center.ts';

type Json = Record<string, unknown>;

export function restUrl(jira: JiraDataCenter): string {
  return `${jira.claimedUrl}/rest/api/2`;
}

export function personShape(jira: JiraDataCenter, person: Person): Json {
  const shape: Json = {
    self: `${restUrl(jira)}/user?username=${encodeURIComponent(person.name)}`,
    name: person.name,
    key: person.key,
    avatarUrls: { '48x48': `${jira.claimedUrl}/secure/useravatar?avatarId=10122`, '16x16': `${jira.claimedUrl}/secure/useravatar?size=xsmall&avatarId=10122` },
    displayName: person.displayName,
    active: true,
    timeZone: 'Etc/UTC',
  };
  if (jira.behaviour.showsEmails) shape['emailAddress'] = person.emailAddress;
  return shape;
}

export function projectShape(jira: JiraDataCenter, project: Project): Json {
  return {
    self: `${restUrl(jira)}/project/${project.id}`,
    id: project.id,
    key: project.key,
    name: project.name,
    projectTypeKey: project.type,
    archived: false,
    avatarUrls: {},
  };
}

/** Texts are wiki markup here, whoever wrote them. */
export function wikiText(body: Comment['body']): string {
  if (body.format === 'wiki') return body.wiki;
  throw new Error('Data Center holds wiki markup only');
}

export function commentShape(jira: JiraDataCenter, issue: Issue, comment: Comment): Json {
  const { store } = jira;
  const shape: Json = {
    self: `${restUrl(jira)}/issue/${issue.id}/comment/${comment.id}`,
    id: comment.id,
    author: personShape(jira, store.person(comment.authorId)),
    body: wikiText(comment.body),
    updateAuthor: personShape(jira, store.person(comment.updateAuthorId)),
    created: jiraTime(comment.created),
    updated: jiraTime(comment.updated),
  };
  if (comment.visibility !== null) shape['visibility'] = { ...comment.visibility };
  return shape;
}

/** Properties as REST shows them. An internal note of a service project is told by nothing else here: there is no `jsdPublic`. */
export function commentProperties(comment: Comment): Map<string, unknown> {
  const properties = new Map(comment.properties);
  if (!comment.jsdPublic) properties.set('sd.public.comment', { internal: true });
  return properties;
}

export function changelogShape(change: Change): Json {
  const items = change.items.map(({ field, fieldtype, from, fromString, to, toString }) => ({ field, fieldtype, from, fromString, to, toString }));
  return { id: change.id, items };
}

/** @param viewer sees only the comments that this person may see */
export function issueFields(jira: JiraDataCenter, issue: Issue, viewer: Person): Json {
  const { store } = jira;
  const reporter = personShape(jira, store.person(issue.reporterId));
  const comments = issue.comments.filter((comment) => maySeeComment(viewer, comment)).map((comment) => commentShape(jira, issue, comment));
  const customFields = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`customfield_${String(10100 + index)}`, null]));
  return {
    ...customFields,
    issuetype: { self: `${restUrl(jira)}/issuetype/10001`, id: '10001', name: issue.issueType, subtask: false },
    project: projectShape(jira, store.project(issue.projectKey)),
    summary: issue.summary,
    description: issue.description === null ? null : wikiText(issue.description),
    labels: [...issue.labels],
    assignee: issue.assigneeId === null ? null : personShape(jira, store.person(issue.assigneeId)),
    priority: { self: `${restUrl(jira)}/priority/3`, id: '3', name: issue.priority },
    status: { self: `${restUrl(jira)}/status/10001`, id: '10001', name: issue.status, statusCategory: { id: 2, key: 'new', name: 'To Do' } },
    reporter,
    creator: reporter,
    created: jiraTime(issue.created),
    updated: jiraTime(issue.updated),
    comment: { comments, maxResults: comments.length, total: comments.length, startAt: 0 },
    resolution: null,
    resolutiondate: null,
    duedate: null,
    environment: null,
    fixVersions: [],
    versions: [],
    components: [],
    attachment: [],
    issuelinks: [],
    subtasks: [],
    timetracking: {},
    workratio: -1,
    votes: { self: `${restUrl(jira)}/issue/${issue.key}/votes`, votes: 0, hasVoted: false },
    watches: { self: `${restUrl(jira)}/issue/${issue.key}/watchers`, watchCount: 1, isWatching: false },
    worklog: { startAt: 0, maxResults: 20, total: 0, worklogs: [] },
  };
}

export function issueShape(jira: JiraDataCenter, issue: Issue, viewer: Person): { id: string; self: string; key: string; fields: Json } {
  return { id: issue.id, self: `${restUrl(jira)}/issue/${issue.id}`, key: issue.key, fields: issueFields(jira, issue, viewer) };
}
