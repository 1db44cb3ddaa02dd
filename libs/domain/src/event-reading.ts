/**
 * What a delivery says, in our own words.
 *
 * Jira Cloud and Jira Data Center write the same JSON but for one thing: how they name people (`accountId` or `key`). So one
 * reader serves both, and each room brings its own reader of people. What else differs is not a matter of the product but of
 * the moment: Data Center's comment events have no issue, Cloud's have no `user`, old servers name no event type. All of that
 * is read as it comes.
 *
 * Pure and quick: it runs while Jira waits for its answer. What is not understood becomes an event of the kind `other`, what
 * is no Jira event at all becomes null; nothing in a payload can make this throw.
 */
import type { EventComment, EventIssue, IssueEvent, IssueEventKind, JiraActor } from './issue-event.js';
import { audienceOf, changelogItemsOf, eventKindOf, idsInSelf, OWN_COMMENT_PROPERTY, propertyOf, type Shape, shapeOf, textOf, wordsOf } from './payload-reading.js';

/** Reads a person; null when the value is none. Parts that are missing become empty. */
export type ActorReader = (value: unknown) => JiraActor | null;

/** Reads the JSON body of a delivery; null when it is no object with a `webhookEvent`. */
export function readIssueEvent(payload: unknown, actorOf: ActorReader): IssueEvent | null {
  const body = shapeOf(payload);
  const webhookEvent = textOf(body, 'webhookEvent');
  if (!webhookEvent) return null;
  const typeName = textOf(body, 'issue_event_type_name');
  const comment = commentOf(body['comment'], actorOf);
  const issue = issueOf(body);
  const kind = settledKind(eventKindOf(body), issue, comment);
  const fields = shapeOf(shapeOf(body['issue'])['fields']);
  return {
    kind,
    name: (typeName ? `${webhookEvent} / ${typeName}` : webhookEvent).slice(0, 200),
    issue,
    actor: actorOfEvent(kind, body, actorOf),
    comment: kind.startsWith('comment_') ? comment : null,
    labels: wordsOf(fields['labels']),
    summary: stringOf(fields['summary']),
    description: stringOf(fields['description']),
    changelogId: textOf(shapeOf(body['changelog']), 'id'),
    changelog: changelogItemsOf(shapeOf(body['changelog'])['items']),
    timestamp: textOf(body, 'timestamp'),
  };
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A comment event that does not say which comment of which issue is of no use. */
function settledKind(kind: IssueEventKind, issue: EventIssue | null, comment: EventComment | null): IssueEventKind {
  return kind.startsWith('comment_') && (!issue || !comment) ? 'other' : kind;
}

/** `issue.self` is never read: it lacks `/issue/` in recordings of Cloud, and may name any host. */
function issueOf(body: Shape): EventIssue | null {
  const issue = shapeOf(body['issue']);
  const id = textOf(issue, 'id') ?? idsInSelf(shapeOf(body['comment']))?.issueId ?? null;
  if (!id) return null;
  const key = textOf(issue, 'key');
  const projectKey = textOf(shapeOf(shapeOf(issue['fields'])['project']), 'key') ?? (key?.replace(/-\d+$/, '') || null);
  return { id, key, projectKey };
}

/** A comment, or null when it has no id. */
function commentOf(value: unknown, actorOf: ActorReader): EventComment | null {
  const comment = shapeOf(value);
  const id = textOf(comment, 'id') ?? idsInSelf(comment)?.commentId ?? null;
  if (!id) return null;
  return {
    id,
    body: stringOf(comment['body']),
    author: actorOf(comment['author']),
    audience: audienceOf(comment),
    updated: textOf(comment, 'updated'),
    ours: propertyOf(comment, OWN_COMMENT_PROPERTY) !== undefined,
  };
}

/**
 * Who did it. Events of new comments have no top-level `user` on either product: the author did it. Edits name a `user` on
 * Data Center only, else `updateAuthor` did it. Who deleted a comment is unknown on Cloud.
 */
function actorOfEvent(kind: IssueEventKind, body: Shape, actorOf: ActorReader): JiraActor | null {
  const comment = shapeOf(body['comment']);
  const user = actorOf(body['user']);
  if (kind === 'comment_created') return actorOf(comment['author']) ?? user;
  if (kind === 'comment_edited') return user ?? actorOf(comment['updateAuthor']) ?? actorOf(comment['author']);
  return user;
}
