/** REST v2 of Data Center about comments, their properties and reactions. Bodies are wiki strings; ADF is refused (jira-api.md 3.6). */
import type { Comment, Issue, RichText } from '../jira-model.ts';
import {
  asksForInternalNote,
  getProperty,
  jiraError,
  listProperties,
  MAX_COMMENT_LENGTH,
  maySeeComment,
  paging,
  propertiesOf,
  putProperty,
  TOO_LONG,
  wantedVisibility,
} from '../jira-rest.ts';
import { MAX_COMMENTS } from '../jira-store.ts';
import { empty, json, objectBody, type Reply } from '../routes.ts';
import type { Door, KnownCall } from './door.ts';
import { maySee, withIssue } from './rest-issues.ts';
import { commentProperties, commentShape } from './shapes.ts';

export function addCommentRoutes(door: Door): void {
  const comments = '/rest/api/2/issue/:issue/comment';
  door.known('GET', comments, 'READ', (call) => withIssue(call, (issue) => list(call, issue)));
  door.known('POST', comments, 'WRITE', (call) => withIssue(call, (issue) => create(call, issue)));
  door.known('GET', `${comments}/:comment`, 'READ', (call) => withComment(call, (issue, comment) => json(200, shape(call, issue, comment))));
  door.known('PUT', `${comments}/:comment`, 'WRITE', (call) => withComment(call, (issue, comment) => update(call, issue, comment)));
  door.known('DELETE', `${comments}/:comment`, 'WRITE', (call) => withComment(call, (issue, comment) => remove(call, issue, comment)));
  const properties = '/rest/api/2/comment/:comment/properties';
  const key = (call: KnownCall): string => call.request.params['key'] ?? '';
  door.known('GET', properties, 'READ', (call) => withAnyComment(call, (comment) => listProperties(commentProperties(comment))));
  door.known('GET', `${properties}/:key`, 'READ', (call) => withAnyComment(call, (comment) => getProperty(commentProperties(comment), key(call))));
  door.known('PUT', `${properties}/:key`, 'WRITE', (call) => withAnyComment(call, (comment) => putProperty(comment, key(call), call.request)));
}

function withComment(call: KnownCall, handle: (issue: Issue, comment: Comment) => Reply): Reply {
  return withIssue(call, (issue) => {
    const comment = issue.comments.find((one) => one.id === call.request.params['comment']);
    if (comment === undefined || !maySeeComment(call.person, comment)) {
      return jiraError(404, `Can not find a comment for the id: ${call.request.params['comment'] ?? ''}.`);
    }
    return handle(issue, comment);
  });
}

/** A comment by its id alone, as properties and reactions name it; 404 when the caller may not see it. */
export function findComment(call: KnownCall, id: string): Comment | undefined {
  const issues = call.jira.store.issues.filter((issue) => maySee(call, issue));
  return issues.flatMap((issue) => issue.comments).find((comment) => comment.id === id && maySeeComment(call.person, comment));
}

function withAnyComment(call: KnownCall, handle: (comment: Comment) => Reply): Reply {
  const comment = findComment(call, call.request.params['comment'] ?? '');
  return comment === undefined ? jiraError(404, 'The comment was not found.') : handle(comment);
}

function shape(call: KnownCall, issue: Issue, comment: Comment): Record<string, unknown> {
  const body = commentShape(call.jira, issue, comment);
  if (!(call.request.query.get('expand') ?? '').split(',').includes('properties')) return body;
  return { ...body, properties: [...commentProperties(comment)].map(([key, value]) => ({ key, value })) };
}

function list(call: KnownCall, issue: Issue): Reply {
  const everything = 1_048_576;
  const { startAt, maxResults } = paging(call.request.query, everything, everything);
  const visible = issue.comments.filter((comment) => maySeeComment(call.person, comment));
  if (call.request.query.get('orderBy') === '-created') visible.reverse();
  const comments = visible.slice(startAt, startAt + maxResults).map((comment) => shape(call, issue, comment));
  return json(200, { startAt, maxResults, total: visible.length, comments });
}

type Written = { ok: true; body: RichText } | { ok: false; reply: Reply };

function writtenBody(value: unknown): Written {
  if (typeof value !== 'string') return { ok: false, reply: jiraError(400, 'Can not deserialize instance of java.lang.String out of START_OBJECT token') };
  if (value.trim() === '') return { ok: false, reply: jiraError(400, '', { comment: 'Comment body can not be empty!' }) };
  if (value.length > MAX_COMMENT_LENGTH) return { ok: false, reply: jiraError(400, '', { comment: TOO_LONG }) };
  return { ok: true, body: { format: 'wiki', wiki: value } };
}

function create(call: KnownCall, issue: Issue): Reply {
  const { store, permissions, claimedUrl } = call.jira;
  const input = objectBody(call.request);
  if (!permissions.has(call.person.key, 'ADD_COMMENTS')) {
    return jiraError(400, '', { comment: `${call.person.displayName}, you do not have the permission to comment on this issue.` });
  }
  if (issue.comments.length >= MAX_COMMENTS) return jiraError(413, 'The issue has too many comments.');
  const written = writtenBody(input['body']);
  if (!written.ok) return written.reply;
  const wanted = wantedVisibility(call.person, input['visibility']);
  if (!wanted.ok) return wanted.reply;
  const properties = propertiesOf(input['properties']);
  const internal = asksForInternalNote(store, issue, properties);
  const comment = store.addComment(issue, { authorId: call.person.key, body: written.body, visibility: wanted.visibility, internal, properties });
  return json(201, shape(call, issue, comment), { location: `${claimedUrl}/rest/api/2/issue/${issue.id}/comment/${comment.id}` });
}

/** There is no `notifyUsers` here: watchers may get mail for every edit. */
function update(call: KnownCall, issue: Issue, comment: Comment): Reply {
  const input = objectBody(call.request);
  if (comment.authorId !== call.person.key && !call.person.isAdmin) {
    return jiraError(400, '', { comment: 'You do not have the permission to edit this comment.' });
  }
  const written = writtenBody(input['body']);
  if (!written.ok) return written.reply;
  const wanted = wantedVisibility(call.person, input['visibility']);
  if (!wanted.ok) return wanted.reply;
  const keep = input['visibility'] === undefined && !call.jira.behaviour.editWithoutVisibilityIsPublic;
  for (const [key, value] of propertiesOf(input['properties'])) comment.properties.set(key, value);
  call.jira.store.editComment(issue, comment, { actorId: call.person.key, body: written.body, ...(keep ? {} : { visibility: wanted.visibility }) });
  return json(200, shape(call, issue, comment));
}

function remove(call: KnownCall, issue: Issue, comment: Comment): Reply {
  if (comment.authorId !== call.person.key && !call.person.isAdmin) return jiraError(403, 'You do not have the permission to delete this comment.');
  call.jira.store.deleteComment(issue, comment, call.person.key);
  return empty(204);
}
