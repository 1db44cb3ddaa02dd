/**
 * The webhooks that one event makes (jira-api.md 3.5). A comment makes two: `comment_created` without an issue and, some milliseconds
 * later, `jira:issue_updated` with the whole issue and the same comment. Texts are wiki strings.
 */
import type { Comment, Issue, JiraEvent } from '../jira-model.ts';
import { isTenOrLater } from './behaviour.ts';
import type { JiraDataCenter } from './data-center.ts';
import { changelogShape, commentShape, issueShape, personShape } from './shapes.ts';

export interface Announcement {
  event: string;
  payload: Record<string, unknown>;
  /** Real milliseconds until it leaves. */
  pauseMs: number;
}

type CommentEvent = Extract<JiraEvent, { comment: Comment }>;

const ISSUE_EVENT_TYPES: Record<CommentEvent['kind'], string> = {
  comment_created: 'issue_commented',
  comment_updated: 'issue_comment_edited',
  comment_deleted: 'issue_comment_deleted',
};

/** Everything to be sent for an event, in its order. Made at once: the issue may change before it is sent. */
export function announcements(jira: JiraDataCenter, event: JiraEvent): Announcement[] {
  if (!('comment' in event)) return [{ event: `jira:${event.kind}`, payload: issueEvent(jira, event), pauseMs: 0 }];
  const { twins, twinPauseMs } = jira.behaviour;
  const now = jira.store.clock.now();
  const make = {
    comment: (at: number) => ({ event: event.kind, payload: commentEvent(jira, event, at) }),
    issue: (at: number) => ({ event: 'jira:issue_updated', payload: issueEventOfComment(jira, event, at) }),
  };
  if (twins === 'only-comment') return [{ ...make.comment(now), pauseMs: 0 }];
  if (twins === 'only-issue') return [{ ...make.issue(now), pauseMs: 0 }];
  const [first, second] = twins === 'comment-first' ? [make.comment, make.issue] : [make.issue, make.comment];
  return [
    { ...first(now), pauseMs: 0 },
    { ...second(now + twinPauseMs), pauseMs: twinPauseMs },
  ];
}

function envelope(event: string, at: number): Record<string, unknown> {
  return { timestamp: at, webhookEvent: event };
}

/** The issue as the person who acted sees it. */
function issueOf(jira: JiraDataCenter, issue: Issue, actorId: string): Record<string, unknown> {
  return issueShape(jira, issue, jira.store.person(actorId));
}

function userOf(jira: JiraDataCenter, actorId: string): Record<string, unknown> {
  return personShape(jira, jira.store.person(actorId));
}

function eventType(jira: JiraDataCenter, name: string): Record<string, unknown> {
  return jira.behaviour.namesIssueEventTypes ? { issue_event_type_name: name } : {};
}

function commentEvent(jira: JiraDataCenter, event: CommentEvent, at: number): Record<string, unknown> {
  const { issue, comment, actorId, kind } = event;
  const carriesIssue = jira.behaviour.commentEventsCarryIssue && isTenOrLater(jira.behaviour);
  return {
    ...envelope(kind, at),
    // Recorded: only edits and deletions name the person who acted.
    ...(kind === 'comment_created' ? {} : { user: userOf(jira, actorId) }),
    comment: commentShape(jira, issue, comment),
    ...(carriesIssue ? { issue: issueOf(jira, issue, actorId) } : {}),
  };
}

function issueEventOfComment(jira: JiraDataCenter, event: CommentEvent, at: number): Record<string, unknown> {
  const { issue, comment, actorId, kind } = event;
  return {
    ...envelope('jira:issue_updated', at),
    ...eventType(jira, ISSUE_EVENT_TYPES[kind]),
    user: userOf(jira, actorId),
    issue: issueOf(jira, issue, actorId),
    ...(kind === 'comment_deleted' ? {} : { comment: commentShape(jira, issue, comment) }),
  };
}

function issueEvent(jira: JiraDataCenter, event: Exclude<JiraEvent, CommentEvent>): Record<string, unknown> {
  const body: Record<string, unknown> = {
    ...envelope(`jira:${event.kind}`, jira.store.clock.now()),
    user: userOf(jira, event.actorId),
    issue: issueOf(jira, event.issue, event.actorId),
  };
  if (event.kind === 'issue_updated') return { ...body, ...eventType(jira, event.eventType), changelog: changelogShape(event.change) };
  return event.kind === 'issue_created' ? { ...body, ...eventType(jira, 'issue_created') } : body;
}
