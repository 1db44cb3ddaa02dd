/**
 * What Jira's REST API answers and takes, in our own words: issues, comments, changes and links. Both products answer alike below
 * `/rest/api/2` but for how they name people, so each room brings its reader of people and the rest is read here.
 */
import type { ActorReader } from './event-reading.js';
import { type CommentMark, type JiraChange, type JiraComment, type JiraIssue, JiraProblem, type RemoteLink } from './jira.js';
import { audienceOf, changelogItemsOf, type Shape, shapeOf, shapesOf, textOf, wordsOf } from './payload-reading.js';

/** The fields of an issue that `readIssue` looks at, for the parameter `fields`. */
export const ISSUE_FIELDS = 'summary,description,labels,status,creator,assignee,attachment,project';

/**
 * The query of `readFilledFields`. Names of fields cannot be asked for, so all fields are, without those that may be very long.
 * The names are in the language of the service account; the same scope as for reading the issue is enough.
 */
export const FILLED_FIELDS_QUERY = 'fields=*all,-comment,-worklog&expand=names';

/** Those of the wanted fields, each by its id or its name, that have a value. Several fields may share a name: one with a value is enough. */
export function readFilledFields(shape: Shape, wanted: readonly string[]): string[] {
  const [fields, names] = [shapeOf(shape['fields']), shapeOf(shape['names'])];
  const filled = Object.keys(fields).filter((id) => hasValue(fields[id]));
  const known = new Set(filled.flatMap((id) => [id, textOf(names, id) ?? id].map((name) => name.toLowerCase())));
  return wanted.filter((field) => known.has(field.toLowerCase()));
}

/** Jira writes `null`, an empty text, an empty list or an empty object for a field without a value. Zero and false are values. */
function hasValue(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'string') return value.trim() !== '';
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** An issue. Throws `JiraProblem` when the answer has no id or key. @param siteUrl address for people, no slash at the end */
export function readIssue(shape: Shape, siteUrl: string, actorOf: ActorReader): JiraIssue {
  const [id, key] = [textOf(shape, 'id'), textOf(shape, 'key')];
  if (!id || !key) throw new JiraProblem('jira_unexpected_answer', 'Jira sent an issue without an id or key.');
  const fields = shapeOf(shape['fields']);
  const project = shapeOf(fields['project']);
  return {
    id,
    key,
    url: `${siteUrl}/browse/${key}`,
    projectKey: textOf(project, 'key') ?? key.replace(/-\d+$/, ''),
    serviceProject: textOf(project, 'projectTypeKey') === 'service_desk',
    summary: textOf(fields, 'summary') ?? '',
    description: textOf(fields, 'description') ?? '',
    labels: wordsOf(fields['labels']),
    status: textOf(shapeOf(fields['status']), 'name') ?? '',
    creator: actorOf(fields['creator']),
    assignee: actorOf(fields['assignee']),
    attachmentNames: shapesOf(fields['attachment']).map((file) => textOf(file, 'filename') ?? '').filter(Boolean),
  };
}

/** A comment. @param ownProperty value of our comment property, wherever it was read; undefined when there is none */
export function readComment(shape: Shape, ownProperty: unknown, actorOf: ActorReader): JiraComment {
  return {
    id: textOf(shape, 'id') ?? '',
    body: textOf(shape, 'body') ?? '',
    author: actorOf(shape['author']),
    updateAuthor: actorOf(shape['updateAuthor']),
    audience: audienceOf(shape),
    created: textOf(shape, 'created') ?? '',
    updated: textOf(shape, 'updated') ?? '',
    mark: readMark(ownProperty),
  };
}

/** Anybody with enough rights can set a property on any comment, so its content is checked. */
function readMark(value: unknown): CommentMark | null {
  const shape = shapeOf(value);
  const [key, kind] = [textOf(shape, 'key'), textOf(shape, 'kind')];
  return key !== null && kind !== null ? { v: 1, key, jobId: textOf(shape, 'jobId'), kind } : null;
}

/** A remote link as both products take it. What is left out of an update becomes empty in Jira, so everything is sent each time. */
export function remoteLinkBody({ globalId, title, url, summary, resolved }: RemoteLink): object {
  return {
    globalId,
    application: { type: 'openhands', name: 'OpenHands' },
    relationship: 'OpenHands',
    object: { url, title, ...(summary !== undefined && { summary }), status: { resolved } },
  };
}

/** The change with this id among the entries of a history, or null. */
export function findChange(entries: unknown, changeId: string, actorOf: ActorReader): JiraChange | null {
  const change = shapesOf(entries).find((one) => textOf(one, 'id') === changeId);
  return change ? { id: changeId, author: actorOf(change['author']), items: changelogItemsOf(change['items']) } : null;
}

/**
 * An id from outside as one part of a path, or null when it cannot be one. Ids in deliveries may be forged by whoever knows
 * the webhook secret: `..` would lead to another resource.
 */
export function pathPart(id: string): string | null {
  return /^[\w-]{1,255}$/.test(id) ? id : null;
}

/** The answer to a write into an issue whose id cannot be one. */
export function noSuchIssue(): JiraProblem {
  return new JiraProblem('jira_unexpected_answer', 'There is no issue with this id.', null, 404);
}

/**
 * Why Jira refused a comment with 400. A missing permission is told by its English words only; a restriction to a role or
 * group that the service account is not in has a field of its own.
 */
export function refusedComment(body: unknown): 'permission' | 'audience' | null {
  const errors = shapeOf(shapeOf(body)['errors']);
  if (/permission/i.test(textOf(errors, 'comment') ?? '')) return 'permission';
  return 'commentLevel' in errors || 'visibility' in errors ? 'audience' : null;
}
