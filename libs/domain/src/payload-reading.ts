/**
 * Small readers for pieces of Jira's payloads, shared by both products.
 *
 * Nothing here trusts a shape. Fields are missing, are numbers instead of strings, or are new: a reader takes what it
 * knows and goes on. A strict schema would turn Atlassian's next field into an outage.
 */
import type { CommentAudience } from './comment-audience.js';
import type { ChangelogItem, IssueEventKind } from './issue-event.js';

/** A JSON object. */
export type Shape = Record<string, unknown>;

/** Name of the comment property that marks our comments. */
export const OWN_COMMENT_PROPERTY = 'openhands';

/** The value as an object; anything else becomes an empty one. */
export function shapeOf(value: unknown): Shape {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Shape) : {};
}

/** The objects of a list; anything else becomes an empty list. */
export function shapesOf(value: unknown): Shape[] {
  return Array.isArray(value) ? value.map(shapeOf) : [];
}

/**
 * A field as text, or null. Numbers become text: ids are numbers here and there. Only own fields count, because every
 * object inherits a `toString`, which is also the name of a field in changelogs.
 */
export function textOf(shape: Shape, field: string): string | null {
  if (!Object.hasOwn(shape, field)) return null;
  const value = shape[field];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}

/** The words of a list of words, such as the labels of an issue. */
export function wordsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}

/**
 * Who may read a comment. Only an explicit `jsdPublic: false` makes it an internal note. A restriction that we cannot read
 * is still one: taken for none, our answer would tell everybody.
 */
export function audienceOf(comment: Shape): CommentAudience {
  return { visibility: visibilityOf(comment['visibility']), internal: comment['jsdPublic'] === false || comment['jsdPublic'] === 'false' };
}

function visibilityOf(value: unknown): CommentAudience['visibility'] {
  if (value === null || value === undefined) return null;
  const shape = shapeOf(value);
  const [type, name, identifier] = [textOf(shape, 'type'), textOf(shape, 'value'), textOf(shape, 'identifier')];
  const isKnown = (type === 'role' || type === 'group') && (name || identifier);
  if (!isKnown) return { type: 'unknown', value: name ?? '' };
  return { type, value: name ?? '', ...(identifier && { identifier }) };
}

/** The value of a comment property, or undefined. */
export function propertyOf(comment: Shape, key: string): unknown {
  return shapesOf(comment['properties']).find((property) => textOf(property, 'key') === key)?.['value'];
}

/**
 * The two ids in the address of a comment: Data Center's `comment_created` has no issue, and names it only there. Only
 * the ids are used, never the address: it may name any host.
 */
export function idsInSelf(comment: Shape): { issueId: string; commentId: string } | null {
  const match = /\/issue\/(\d+)\/comment\/(\d+)$/.exec(textOf(comment, 'self') ?? '');
  return match ? { issueId: match[1]!, commentId: match[2]! } : null;
}

/** Entries of a changelog. `fieldId` is missing on all entries of Data Center, and on some of Cloud. */
export function changelogItemsOf(value: unknown): ChangelogItem[] {
  return shapesOf(value).map((item) => {
    const [fieldId, fieldtype] = [textOf(item, 'fieldId'), textOf(item, 'fieldtype')];
    return {
      field: textOf(item, 'field') ?? '',
      ...(fieldId !== null && { fieldId }),
      ...(fieldtype !== null && { fieldtype }),
      fromString: ownString(item, 'fromString'),
      toText: ownString(item, 'toString'),
    };
  });
}

function ownString(shape: Shape, field: string): string {
  return Object.hasOwn(shape, field) && typeof shape[field] === 'string' ? (shape[field] as string) : '';
}

const KINDS: ReadonlyMap<string | null, IssueEventKind> = new Map([
  ['comment_created', 'comment_created'],
  ['comment_updated', 'comment_edited'],
  ['comment_deleted', 'comment_deleted'],
  ['jira:issue_created', 'issue_created'],
  ['jira:issue_deleted', 'issue_deleted'],
]);

const COMMENT_TYPE_NAMES: ReadonlyMap<string | null, IssueEventKind> = new Map([
  ['issue_commented', 'comment_created'],
  ['issue_comment_edited', 'comment_edited'],
  ['issue_comment_deleted', 'comment_deleted'],
]);

/**
 * The kind of an event. `jira:issue_updated` speaks of a comment when its type name says so, or when it has no type
 * name but a comment (old servers). "Commented" without the comment is judged by its changelog, like any other update.
 */
export function eventKindOf(payload: Shape): IssueEventKind {
  const webhookEvent = textOf(payload, 'webhookEvent');
  if (webhookEvent !== 'jira:issue_updated') return KINDS.get(webhookEvent) ?? 'other';
  const comment = shapeOf(payload['comment']);
  if (Object.keys(comment).length === 0) return 'issue_updated';
  const typeName = textOf(payload, 'issue_event_type_name');
  return typeName === null ? createdOrEdited(comment) : (COMMENT_TYPE_NAMES.get(typeName) ?? 'issue_updated');
}

/** A comment that was never edited was created just now. */
function createdOrEdited(comment: Shape): IssueEventKind {
  return textOf(comment, 'created') === textOf(comment, 'updated') ? 'comment_created' : 'comment_edited';
}
