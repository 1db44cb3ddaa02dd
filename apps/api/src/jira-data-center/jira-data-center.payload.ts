/**
 * What a delivery of Jira Data Center says.
 *
 * One comment makes two deliveries some milliseconds apart: `comment_created` without an issue, whose ids are only in
 * `comment.self`, and `jira:issue_updated` with the whole issue and the same comment. Both become the same event, and the
 * trigger key makes one trigger of them, whichever comes first or alone.
 */
import { type IssueEvent, readIssueEvent } from '@openhands-jira/domain';
import { actorOf } from './jira-data-center.shapes.js';

/** Reads the JSON body of a delivery; null when it is no object with a `webhookEvent`. */
export function readDataCenterEvent(payload: unknown): IssueEvent | null {
  return readIssueEvent(payload, actorOf);
}
