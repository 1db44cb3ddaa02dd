/**
 * The bodies of Cloud's admin webhooks (jira-api.md 1.4). Comment events: an issue with six fields, no top-level `user`. Issue events:
 * `user`, the full issue, for updates the changelog. Texts are wiki strings, never ADF.
 */
import type { JiraEvent } from '../jira-model.ts';
import { allFields, commentShape, fewFields, personShape, type ShapeContext } from './shapes.ts';

const EVENT_NAMES: Record<JiraEvent['kind'], string> = {
  issue_created: 'jira:issue_created',
  issue_updated: 'jira:issue_updated',
  issue_deleted: 'jira:issue_deleted',
  comment_created: 'comment_created',
  comment_updated: 'comment_updated',
  comment_deleted: 'comment_deleted',
};

/** The word in `webhookEvent`. */
export function eventName(event: JiraEvent): string {
  return EVENT_NAMES[event.kind];
}

/** The whole body for an event, as an object. Made at once: the issue may change before it is sent. */
export function webhookPayload(context: ShapeContext, event: JiraEvent): Record<string, unknown> {
  const envelope = { timestamp: context.store.clock.now(), webhookEvent: eventName(event) };
  const { issue } = event;
  if ('comment' in event) {
    return {
      ...envelope,
      comment: commentShape(context, issue, event.comment, 'webhook'),
      // Recorded: `self` without `/issue/`. Whoever follows or parses it falls into the trap here already.
      issue: { id: issue.id, self: `${context.siteUrl}/rest/api/2/${issue.id}`, key: issue.key, fields: fewFields(context, issue, 'webhook') },
      eventType: 'primaryAction',
    };
  }
  const body: Record<string, unknown> = {
    ...envelope,
    user: personShape(context, context.store.person(event.actorId), 'webhook'),
    issue: { id: issue.id, self: `${context.siteUrl}/rest/api/2/issue/${issue.id}`, key: issue.key, fields: allFields(context, issue, 'webhook') },
  };
  if (event.kind === 'issue_created') body['issue_event_type_name'] = 'issue_created';
  if (event.kind === 'issue_updated') {
    body['issue_event_type_name'] = event.eventType;
    body['changelog'] = { id: event.change.id, items: event.change.items };
  }
  return body;
}

