/**
 * What a delivery of Jira Cloud says, in our own words.
 *
 * Pure and quick: it runs while Jira waits for its answer. What is not understood becomes an event of the kind `other`,
 * what is no Jira event at all becomes null; nothing in a payload can make this throw.
 */
import {
  changelogItemsOf, type EventComment, type EventIssue, eventKindOf, idsInSelf, type IssueEvent, type IssueEventKind, type JiraActor, type Shape, shapeOf, textOf, wordsOf,
} from '@openhands-jira/domain';
import { actorOf, eventCommentOf } from './jira-cloud.shapes.js';

/** Reads the JSON body of a delivery; null when it is no object with a `webhookEvent`. */
export function readCloudEvent(payload: unknown): IssueEvent | null {
  const body = shapeOf(payload);
  const webhookEvent = textOf(body, 'webhookEvent');
  if (!webhookEvent) return null;
  const typeName = textOf(body, 'issue_event_type_name');
  const comment = eventCommentOf(body['comment']);
  const issue = issueOf(body);
  const kind = settledKind(eventKindOf(body), issue, comment);
  return {
    product: 'jira-cloud',
    kind,
    name: (typeName ? `${webhookEvent} / ${typeName}` : webhookEvent).slice(0, 200),
    issue,
    actor: actorOfEvent(kind, body),
    comment: kind.startsWith('comment_') ? comment : null,
    labels: wordsOf(shapeOf(shapeOf(body['issue'])['fields'])['labels']),
    changelogId: textOf(shapeOf(body['changelog']), 'id'),
    changelog: changelogItemsOf(shapeOf(body['changelog'])['items']),
    timestamp: textOf(body, 'timestamp'),
  };
}

/** The host of the site that speaks, from the addresses in the payload; null when there is none. It only finds candidates: the signature decides. */
export function siteOfPayload(payload: unknown): string | null {
  const body = shapeOf(payload);
  const addresses = [body['issue'], body['comment'], body['user'], shapeOf(body['comment'])['author']].map((part) => textOf(shapeOf(part), 'self'));
  const address = addresses.find((one) => one !== null && URL.canParse(one));
  return address ? new URL(address).hostname.replace(/\.$/, '') : null;
}

/** A comment event that does not say which comment of which issue is of no use. */
function settledKind(kind: IssueEventKind, issue: EventIssue | null, comment: EventComment | null): IssueEventKind {
  return kind.startsWith('comment_') && (!issue || !comment) ? 'other' : kind;
}

/** `issue.self` is never read: it lacks `/issue/` in recordings. */
function issueOf(body: Shape): EventIssue | null {
  const issue = shapeOf(body['issue']);
  const id = textOf(issue, 'id') ?? idsInSelf(shapeOf(body['comment']))?.issueId ?? null;
  if (!id) return null;
  const key = textOf(issue, 'key');
  const projectKey = textOf(shapeOf(shapeOf(issue['fields'])['project']), 'key') ?? (key?.replace(/-\d+$/, '') || null);
  return { id, key, projectKey };
}

/**
 * Who did it. Cloud's comment events have no top-level `user`: the author wrote a new comment, `updateAuthor` made an
 * edit, and who deleted a comment is unknown.
 */
function actorOfEvent(kind: IssueEventKind, body: Shape): JiraActor | null {
  const comment = shapeOf(body['comment']);
  const user = actorOf(body['user']);
  if (kind === 'comment_created') return actorOf(comment['author']) ?? user;
  if (kind === 'comment_edited') return user ?? actorOf(comment['updateAuthor']) ?? actorOf(comment['author']);
  return user;
}
