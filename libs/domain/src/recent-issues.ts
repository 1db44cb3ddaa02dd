/**
 * Looking for what no delivery told us. Data Center never sends a delivery twice, and Cloud gives up after a while; what was
 * lost can only be found by a search for issues that changed lately. Both products answer that search alike.
 */
import type { ActorReader } from './event-reading.js';
import type { JiraActor } from './issue-event.js';
import type { JiraChange } from './jira.js';
import { changelogItemsOf, type Shape, shapeOf, shapesOf, textOf, wordsOf } from './payload-reading.js';

/** An issue that changed lately: only what tells whether it is worth a closer look. Times are as Jira wrote them. */
export interface RecentIssue {
  id: string;
  key: string;
  labels: string[];
  created: string;
  updated: string;
  creator: JiraActor | null;
  /** Read only where the text of a new issue may address us. */
  text?: { summary: string; description: string };
}

/** A change with its time, as Jira wrote it. */
export interface DatedChange extends JiraChange {
  created: string;
}

/** The fields that `readRecentIssue` looks at, for the parameter `fields`. */
export const RECENT_ISSUE_FIELDS = 'labels,created,updated,creator';

/** Least recently changed first. Counted back from Jira's own time, so the two clocks need not agree. */
export function recentlyUpdatedJql(minutes: number): string {
  return `updated >= -${Math.ceil(minutes)}m ORDER BY updated ASC`;
}

/** An issue of the search, or null when the answer does not name it. */
export function readRecentIssue(shape: Shape, actorOf: ActorReader): RecentIssue | null {
  const [id, key] = [textOf(shape, 'id'), textOf(shape, 'key')];
  if (!id || !key) return null;
  const fields = shapeOf(shape['fields']);
  return { id, key, labels: wordsOf(fields['labels']), created: textOf(fields, 'created') ?? '', updated: textOf(fields, 'updated') ?? '', creator: actorOf(fields['creator']) };
}

/** The entries of a history, in the order in which Jira gives them; those without an id are of no use. */
export function readChanges(entries: unknown, actorOf: ActorReader): DatedChange[] {
  return shapesOf(entries)
    .map((entry) => ({ id: textOf(entry, 'id') ?? '', author: actorOf(entry['author']), items: changelogItemsOf(entry['items']), created: textOf(entry, 'created') ?? '' }))
    .filter((change) => change.id !== '');
}
