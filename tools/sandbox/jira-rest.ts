/**
 * What the REST of Cloud and of Data Center answer alike: errors, restricted comments, comment properties, remote links. Who may call
 * and how texts are written differs, and stays with each of them.
 */
import type { Comment, Issue, Person, RemoteLink, Visibility } from './jira-model.ts';
import type { JiraStore } from './jira-store.ts';
import { empty, json, jsonBody, objectBody, type Reply, type SandboxRequest } from './routes.ts';

/** Characters of one comment, in its stored form. */
export const MAX_COMMENT_LENGTH = 32_767;

export const TOO_LONG = 'The entered text is too long. It exceeds the allowed limit of 32,767 characters.';

/** Jira's own way to say what is wrong. */
export function jiraError(status: number, message: string, errors: Record<string, string> = {}): Reply {
  return json(status, { errorMessages: message === '' ? [] : [message], errors });
}

/** `2025-10-09T08:53:20.000+0000`, the way Jira writes time. */
export function jiraTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}

/** `startAt` and `maxResults` of a list request. */
export function paging(query: URLSearchParams, defaultSize: number, largest = 100): { startAt: number; maxResults: number } {
  const number = (name: string, fallback: number): number => {
    const value = Number(query.get(name) ?? fallback);
    return Number.isInteger(value) && value >= 0 ? value : fallback;
  };
  return { startAt: number('startAt', 0), maxResults: Math.min(number('maxResults', defaultSize), largest) };
}

/** Only the fields of a `fields` parameter; all when it names none or `*all`. */
export function onlyWanted(fields: Record<string, unknown>, wanted: string | null): Record<string, unknown> {
  if (wanted === null) return fields;
  const names = wanted.split(',').map((name) => name.trim());
  const isWanted = wanted.includes('*') ? (name: string) => !names.includes(`-${name}`) : (name: string) => names.includes(name);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => isWanted(name)));
}

/** The names of fields as people see them, for `expand=names`. */
export function fieldNames(fields: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.keys(fields).map((id) => [id, /^customfield_/.test(id) ? `Custom field ${id.slice(12)}` : id[0]!.toUpperCase() + id.slice(1)]));
}

/** Whether this person may read this comment: restricted ones need the role or group. */
export function maySeeComment(person: Person, comment: Comment): boolean {
  if (comment.visibility === null) return true;
  return (comment.visibility.type === 'role' ? person.roles : person.groups).includes(comment.visibility.value);
}

export type WantedVisibility = { ok: true; visibility: Visibility | null } | { ok: false; reply: Reply };

/** The audience that a request asks for; one can restrict a comment only to what one belongs to. */
export function wantedVisibility(person: Person, value: unknown): WantedVisibility {
  if (value === undefined || value === null) return { ok: true, visibility: null };
  const { type, value: name, identifier } = value as Record<string, unknown>;
  const target = String(name ?? identifier);
  const owned = type === 'role' ? person.roles : type === 'group' ? person.groups : [];
  if (owned.includes(target)) return { ok: true, visibility: { type: type as Visibility['type'], value: target } };
  return { ok: false, reply: jiraError(400, '', { commentLevel: `You are currently not a member of the ${String(type)}: ${target}.` }) };
}

/** The `properties` of a request that writes a comment. */
export function propertiesOf(value: unknown): [string, unknown][] {
  if (!Array.isArray(value)) return [];
  return value.map((entry: { key: string; value: unknown }) => [entry.key, entry.value]);
}

/** Whether these properties make a comment of a service project an internal note. */
export function asksForInternalNote(store: JiraStore, issue: Issue, properties: [string, unknown][]): boolean {
  const publicity = properties.find(([key]) => key === 'sd.public.comment')?.[1] as { internal?: boolean } | undefined;
  return store.project(issue.projectKey).type === 'service_desk' && publicity?.internal === true;
}

export function listProperties(properties: Map<string, unknown>): Reply {
  return json(200, { keys: [...properties.keys()].map((key) => ({ key })) });
}

export function getProperty(properties: Map<string, unknown>, key: string): Reply {
  if (!properties.has(key)) return jiraError(404, `The property with key ${key} does not exist.`);
  return json(200, { key, value: properties.get(key) });
}

export function putProperty(comment: Comment, key: string, request: SandboxRequest): Reply {
  if (request.raw.length > 32_768) return jiraError(400, 'The property value is too long.');
  const known = comment.properties.has(key);
  comment.properties.set(key, jsonBody(request));
  return empty(known ? 200 : 201);
}

export function listRemoteLinks(issue: Issue, restUrl: string, query: URLSearchParams): Reply {
  const globalId = query.get('globalId');
  const links = issue.remoteLinks.filter((link) => globalId === null || link.globalId === globalId);
  return json(200, links.map((link) => ({ ...link, self: remoteLinkUrl(issue, restUrl, link) })));
}

/**
 * With a `globalId` that is known the link is replaced: 200 instead of 201, and what was left out becomes null.
 * @param restUrl address of the REST version, for `self`
 */
export function upsertRemoteLink(store: JiraStore, issue: Issue, restUrl: string, request: SandboxRequest): Reply {
  const body = objectBody(request);
  const object = body['object'] as Record<string, unknown> | undefined;
  if (typeof object?.['url'] !== 'string' || typeof object['title'] !== 'string') {
    return jiraError(400, '', { object: "'url' and 'title' are required." });
  }
  const globalId = typeof body['globalId'] === 'string' ? body['globalId'] : null;
  if (globalId !== null && globalId.length > 255) return jiraError(400, '', { globalId: 'The global id must not exceed 255 characters.' });
  const known = issue.remoteLinks.find((link) => globalId !== null && link.globalId === globalId);
  const relationship = typeof body['relationship'] === 'string' ? body['relationship'] : null;
  const link: RemoteLink = { id: known?.id ?? store.nextId(), globalId, application: body['application'] ?? null, relationship, object };
  if (known !== undefined) Object.assign(known, link);
  else issue.remoteLinks.push(link);
  return json(known === undefined ? 201 : 200, { id: link.id, self: remoteLinkUrl(issue, restUrl, link) });
}

function remoteLinkUrl(issue: Issue, restUrl: string, link: RemoteLink): string {
  return `${restUrl}/issue/${issue.key}/remotelink/${String(link.id)}`;
}
