/**
 * What Jira would have delivered: payloads made from what was found in an issue, in the form in which both products deliver
 * them. From there on they are treated like deliveries, by the same readers and the same decision, so nothing that a lost
 * delivery would have started can start otherwise, or twice.
 *
 * Pure. The same find gives the same payload, byte for byte: that is how a find is recognised when it is made again.
 */
import type { JiraActor } from './issue-event.js';
import type { JiraChange, JiraComment } from './jira.js';
import { isLabelsItem } from './label.js';
import { OWN_COMMENT_PROPERTY, type Shape } from './payload-reading.js';
import type { DatedChange, RecentIssue } from './recent-issues.js';

/** What happened after `from`, up to and with `until`. */
export interface TimeWindow {
  from: Date;
  until: Date;
}

/** A payload, and when that happened. */
export interface MissedEvent {
  payload: Shape;
  at: Date;
}

/** How a payload names an issue. */
export type IssueName = Pick<RecentIssue, 'id' | 'key'>;

/** What was found in one issue. */
export interface FoundInIssue {
  issue: RecentIssue;
  comments: JiraComment[];
  /** Read only for issues that may matter by their label. */
  changes: DatedChange[];
}

/** All that happened in the window, in the order of time. What of it asks for work is decided elsewhere. */
export function eventsInWindow({ issue, comments, changes }: FoundInIssue, window: TimeWindow): MissedEvent[] {
  const events = [
    { at: new Date(issue.created), payload: creationPayload(issue, changes) },
    ...changes.map((change) => ({ at: new Date(change.created), payload: changePayload(issue, change) })),
    ...comments.map((comment) => ({ at: new Date(comment.updated || comment.created), payload: commentPayload(issue, comment) })),
  ];
  // A time that cannot be read compares with nothing, so its event is left out.
  return events.filter(({ at }) => at > window.from && at <= window.until).sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** An edited comment is delivered as an edit: whether its text of today is a new request is decided like for any edit. */
export function commentPayload(issue: IssueName, comment: JiraComment): Shape {
  const { id, body, created, updated, audience, mark } = comment;
  return {
    webhookEvent: created === updated ? 'comment_created' : 'comment_updated',
    issue: issuePayload(issue),
    comment: {
      id, body, created, updated,
      author: personPayload(comment.author),
      updateAuthor: personPayload(comment.updateAuthor),
      ...(audience.visibility && { visibility: audience.visibility }),
      ...(audience.internal && { jsdPublic: false }),
      ...(mark && { properties: [{ key: OWN_COMMENT_PROPERTY, value: mark }] }),
    },
  };
}

/** A change of an issue, as Jira would deliver it. */
export function changePayload(issue: IssueName, change: JiraChange): Shape {
  const items = change.items.map(({ toText, ...item }) => ({ ...item, toString: toText }));
  return { webhookEvent: 'jira:issue_updated', issue_event_type_name: 'issue_updated', user: personPayload(change.author), issue: issuePayload(issue), changelog: { id: change.id, items } };
}

function creationPayload(issue: RecentIssue, changes: DatedChange[]): Shape {
  return { webhookEvent: 'jira:issue_created', user: personPayload(issue.creator), issue: { ...issuePayload(issue), fields: { ...issue.text, labels: labelsAtBirth(issue.labels, changes) } } };
}

/** The labels with which an issue was created: what the first change of them started from, else those that it has now. */
export function labelsAtBirth(labelsNow: string[], changes: DatedChange[]): string[] {
  const first = changes
    .filter((change) => change.items.some(isLabelsItem))
    .sort((a, b) => Date.parse(a.created) - Date.parse(b.created))[0];
  return first ? first.items.find(isLabelsItem)!.fromString.split(' ').filter(Boolean) : labelsNow;
}

function issuePayload({ id, key }: IssueName): Shape {
  return { id, key };
}

const ACCOUNT_TYPES: Partial<Record<JiraActor['kind'], string>> = { person: 'atlassian', app: 'app', customer: 'customer' };

/** Cloud reads the account id, Data Center the key; each has the other's name for nothing. */
function personPayload(actor: JiraActor | null): Shape | null {
  if (!actor) return null;
  const { id, name, displayName, kind } = actor;
  return { accountId: id, key: id, ...(name && { name }), displayName, ...(ACCOUNT_TYPES[kind] && { accountType: ACCOUNT_TYPES[kind] }) };
}
