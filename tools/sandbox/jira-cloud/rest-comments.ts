/** REST of a Cloud site: comments and their properties. v2 takes wiki strings only, v3 takes ADF only (jira-api.md 2.4). */
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
import { isAdfDocument } from './adf.ts';
import type { Gateway, GatewayCall } from './gateway.ts';
import { withIssue, writeTo } from './rest-issues.ts';
import { commentShape } from './shapes.ts';

export function addCommentRoutes(gateway: Gateway): void {
  const comments = '/issue/:issue/comment';
  gateway.add('GET', comments, 'read:jira-work', (call) => withIssue(call, (issue) => list(call, issue)));
  gateway.add('POST', comments, 'write:jira-work', (call) => withIssue(call, (issue) => writeTo(call, issue, () => create(call, issue))));
  gateway.add('GET', `${comments}/:comment`, 'read:jira-work', (call) => withComment(call, (issue, comment) => json(200, shape(call, issue, comment))));
  gateway.add('PUT', `${comments}/:comment`, 'write:jira-work', (call) =>
    withComment(call, (issue, comment) => writeTo(call, issue, () => update(call, issue, comment))),
  );
  gateway.add('DELETE', `${comments}/:comment`, 'write:jira-work', (call) =>
    withComment(call, (issue, comment) => writeTo(call, issue, () => remove(call, issue, comment))),
  );
  gateway.add('GET', '/comment/:comment/properties', 'read:jira-work', (call) => withAnyComment(call, (comment) => listProperties(comment.properties)));
  gateway.add('GET', '/comment/:comment/properties/:key', 'read:jira-work', (call) => withAnyComment(call, (comment) => getProperty(comment.properties, propertyKey(call))));
  gateway.add('PUT', '/comment/:comment/properties/:key', 'write:jira-work', (call) => withAnyComment(call, (comment) => putProperty(comment, propertyKey(call), call.request)));
}

function maySee(call: GatewayCall, comment: Comment): boolean {
  return maySeeComment(call.site.store.person(call.accountId), comment);
}

function withComment(call: GatewayCall, handle: (issue: Issue, comment: Comment) => Reply): Reply {
  return withIssue(call, (issue) => {
    const comment = issue.comments.find((one) => one.id === call.request.params['comment']);
    if (comment === undefined || !maySee(call, comment)) {
      return jiraError(404, `Can not find a comment for the id: ${call.request.params['comment'] ?? ''}.`);
    }
    return handle(issue, comment);
  });
}

function withAnyComment(call: GatewayCall, handle: (comment: Comment) => Reply): Reply {
  const comment = call.site.store.issues.flatMap((issue) => issue.comments).find((one) => one.id === call.request.params['comment']);
  if (comment === undefined || !maySee(call, comment)) return jiraError(404, 'The comment was not found.');
  return handle(comment);
}

function shape(call: GatewayCall, issue: Issue, comment: Comment): Record<string, unknown> {
  const body = commentShape(call.site.context, issue, comment, call.audience);
  if (!(call.request.query.get('expand') ?? '').split(',').includes('properties')) return body;
  return { ...body, properties: [...comment.properties].map(([key, value]) => ({ key, value })) };
}

function list(call: GatewayCall, issue: Issue): Reply {
  const { startAt, maxResults } = paging(call.request.query, 50);
  const visible = issue.comments.filter((comment) => maySee(call, comment));
  if (call.request.query.get('orderBy') === '-created') visible.reverse();
  const comments = visible.slice(startAt, startAt + maxResults).map((comment) => shape(call, issue, comment));
  return json(200, { startAt, maxResults, total: visible.length, comments });
}

type Written = { ok: true; body: RichText } | { ok: false; reply: Reply };

function writtenBody(call: GatewayCall, value: unknown): Written {
  const refuse = (message: string): Written => ({ ok: false, reply: jiraError(400, '', { comment: message }) });
  if (call.version === '2') {
    if (typeof value !== 'string') return { ok: false, reply: jiraError(400, 'Can not deserialize value of type java.lang.String from Object value') };
    if (value.trim() === '') return refuse('Comment body can not be empty!');
    return tooLong(value) ?? { ok: true, body: { format: 'wiki', wiki: value } };
  }
  if (!isAdfDocument(value)) return refuse('Comment body is not valid!');
  return tooLong(JSON.stringify(value)) ?? { ok: true, body: { format: 'adf', adf: value } };
}

/** On v3 the stored JSON counts, not the visible text. */
function tooLong(stored: string): Written | null {
  if (stored.length <= MAX_COMMENT_LENGTH) return null;
  return { ok: false, reply: jiraError(400, '', { comment: TOO_LONG }) };
}

function create(call: GatewayCall, issue: Issue): Reply {
  const { store } = call.site;
  const input = objectBody(call.request);
  if (!call.site.hasPermission(call.accountId, 'ADD_COMMENTS')) {
    const who = store.person(call.accountId).displayName;
    return jiraError(400, '', { comment: `${who}, you do not have the permission to comment on this issue.` });
  }
  if (issue.comments.length >= MAX_COMMENTS) return jiraError(413, 'The issue has too many comments.');
  const written = writtenBody(call, input['body']);
  if (!written.ok) return written.reply;
  const visibility = wantedVisibility(call.site.store.person(call.accountId), input['visibility']);
  if (!visibility.ok) return visibility.reply;
  const properties = propertiesOf(input['properties']);
  const internal = asksForInternalNote(store, issue, properties);
  const fields = { authorId: call.accountId, body: written.body, visibility: visibility.visibility, internal, properties };
  const comment = store.addComment(issue, fields);
  const location = `${call.site.url}/rest/api/${call.version}/issue/${issue.id}/comment/${comment.id}`;
  return json(201, shape(call, issue, comment), { location });
}

function update(call: GatewayCall, issue: Issue, comment: Comment): Reply {
  const input = objectBody(call.request);
  if (comment.authorId !== call.accountId && !call.site.hasPermission(call.accountId, 'EDIT_ALL_COMMENTS')) {
    return jiraError(400, '', { comment: 'You do not have the permission to edit this comment.' });
  }
  const written = writtenBody(call, input['body']);
  if (!written.ok) return written.reply;
  const visibility = wantedVisibility(call.site.store.person(call.accountId), input['visibility']);
  if (!visibility.ok) return visibility.reply;
  const keep = input['visibility'] === undefined && !call.site.editWithoutVisibilityIsPublic;
  for (const [key, value] of propertiesOf(input['properties'])) comment.properties.set(key, value);
  call.site.store.editComment(issue, comment, {
    actorId: call.accountId,
    body: written.body,
    notifyUsers: call.request.query.get('notifyUsers') !== 'false',
    ...(keep ? {} : { visibility: visibility.visibility }),
  });
  return json(200, shape(call, issue, comment));
}

function remove(call: GatewayCall, issue: Issue, comment: Comment): Reply {
  call.site.store.deleteComment(issue, comment, call.accountId);
  return empty(204);
}

function propertyKey(call: GatewayCall): string {
  return call.request.params['key'] ?? '';
}
