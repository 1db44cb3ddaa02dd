/**
 * Reading what Jira Cloud writes: people, comments, changes, as webhooks and REST v2 show them.
 *
 * Nothing here trusts a shape. Fields are missing, are numbers instead of strings, or are new: a reader takes what it
 * knows and goes on. A strict schema would turn Atlassian's next field into an outage.
 */
import type { ChangelogItem, CommentAudience, EventComment, JiraActor } from '@openhands-jira/domain';

/** A JSON object. */
export type Shape = Record<string, unknown>;

/** Name of the comment property that marks our comments. */
export const OWN_PROPERTY = 'openhands';

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

/** A person, or null when the value is none. Old payloads and REST answers may lack everything but a display name. */
export function actorOf(value: unknown): JiraActor | null {
  const person = shapeOf(value);
  if (Object.keys(person).length === 0) return null;
  const emailAddress = textOf(person, 'emailAddress');
  return {
    id: textOf(person, 'accountId') ?? '',
    displayName: textOf(person, 'displayName') ?? '',
    ...(emailAddress && { emailAddress }),
    kind: kindOf(textOf(person, 'accountType')),
  };
}

/** `atlassian` is a person, `app` an app or automation rule, `customer` somebody of a service portal. Absent before 2020. */
function kindOf(accountType: string | null): JiraActor['kind'] {
  if (accountType === 'atlassian') return 'person';
  return accountType === 'app' || accountType === 'customer' ? accountType : 'unknown';
}

/** Who may read a comment. Only an explicit `jsdPublic: false` makes it an internal note. */
export function audienceOf(comment: Shape): CommentAudience {
  return { visibility: visibilityOf(comment['visibility']), internal: comment['jsdPublic'] === false || comment['jsdPublic'] === 'false' };
}

function visibilityOf(value: unknown): CommentAudience['visibility'] {
  const shape = shapeOf(value);
  const [type, name, identifier] = [textOf(shape, 'type'), textOf(shape, 'value'), textOf(shape, 'identifier')];
  if (type !== 'role' && type !== 'group') return null;
  return { type, value: name ?? '', ...(identifier && { identifier }) };
}

/** Properties of a comment by their key. */
export function propertyOf(comment: Shape, key: string): unknown {
  return shapesOf(comment['properties']).find((property) => textOf(property, 'key') === key)?.['value'];
}

/** A comment of a delivery, or null when it has no id. */
export function eventCommentOf(value: unknown): EventComment | null {
  const comment = shapeOf(value);
  const id = textOf(comment, 'id') ?? idsInSelf(comment)?.commentId ?? null;
  if (!id) return null;
  return {
    id,
    body: typeof comment['body'] === 'string' ? comment['body'] : '',
    author: actorOf(comment['author']),
    audience: audienceOf(comment),
    updated: textOf(comment, 'updated'),
    ours: propertyOf(comment, OWN_PROPERTY) !== undefined,
  };
}

/** The two ids in the address of a comment. Only the ids are used, never the address. */
export function idsInSelf(comment: Shape): { issueId: string; commentId: string } | null {
  const match = /\/issue\/(\d+)\/comment\/(\d+)$/.exec(textOf(comment, 'self') ?? '');
  return match ? { issueId: match[1]!, commentId: match[2]! } : null;
}

/** Entries of a changelog. `fieldId` is missing on some entries even on Cloud (Key, Workflow, Epic Link). */
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

/** The words of a list of words. */
export function wordsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
