/** REST v2 of Data Center about issues: read one with its changelog, search, remote links. */
import type { Issue } from '../jira-model.ts';
import { fieldNames, jiraError, jiraTime, listRemoteLinks, onlyWanted, paging, upsertRemoteLink } from '../jira-rest.ts';
import { json, objectBody, type Reply } from '../routes.ts';
import type { Door, KnownCall } from './door.ts';
import { readJql } from './jql.ts';
import { mayBrowse } from './rest-people.ts';
import { changelogShape, issueShape, personShape, restUrl } from './shapes.ts';

export function addIssueRoutes(door: Door): void {
  const issue = '/rest/api/2/issue/:issue';
  door.known('GET', issue, 'READ', (call) => withIssue(call, (found) => json(200, oneIssue(call, found, wantedOfQuery(call.request.query)))));
  door.known('GET', `${issue}/remotelink`, 'READ', (call) => withIssue(call, (found) => listRemoteLinks(found, restUrl(call.jira), call.request.query)));
  door.known('POST', `${issue}/remotelink`, 'WRITE', (call) =>
    withIssue(call, (found) => upsertRemoteLink(call.jira.store, found, restUrl(call.jira), call.request)),
  );
  door.known('GET', '/rest/api/2/search', 'READ', (call) => search(call, call.request.query, wantedOfQuery(call.request.query)));
  door.known('POST', '/rest/api/2/search', 'READ', searchByPost);
}

/** Runs `handle` with the issue of the path; a missing one and an invisible one are both 404, in different words. */
export function withIssue(call: KnownCall, handle: (issue: Issue) => Reply): Reply {
  const issue = call.jira.store.findIssue(call.request.params['issue'] ?? '');
  if (issue === undefined) return jiraError(404, 'Issue Does Not Exist');
  if (!maySee(call, issue)) return jiraError(404, 'You do not have the permission to see the specified issue.');
  return handle(issue);
}

export function maySee(call: KnownCall, issue: Issue): boolean {
  return mayBrowse(call) && !issue.hiddenFrom.has(call.person.key);
}

interface Wanted {
  /** As in the parameter: names with commas; null when it was not given. */
  fields: string | null;
  expand: string;
}

function wantedOfQuery(query: URLSearchParams): Wanted {
  return { fields: query.get('fields'), expand: query.get('expand') ?? '' };
}

function oneIssue(call: KnownCall, issue: Issue, wanted: Wanted): Record<string, unknown> {
  const { fields, ...head } = issueShape(call.jira, issue, call.person);
  const body: Record<string, unknown> = {
    expand: 'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations',
    ...head,
    fields: onlyWanted(fields, wanted.fields),
  };
  if (wanted.expand.split(',').includes('names')) body['names'] = fieldNames(body['fields'] as Record<string, unknown>);
  if (wanted.expand.split(',').includes('changelog')) body['changelog'] = changelog(call, issue);
  return body;
}

/** Oldest first, unlike on Cloud. */
function changelog(call: KnownCall, issue: Issue): Record<string, unknown> {
  const histories = issue.history.map((change) => ({
    ...changelogShape(change),
    author: personShape(call.jira, call.jira.store.person(change.authorId)),
    created: jiraTime(change.created),
  }));
  return { startAt: 0, maxResults: histories.length, total: histories.length, histories };
}

/** A search without `fields` leaves these out: whoever needs comments must name them. */
const NOT_NAVIGABLE = ['comment', 'attachment', 'worklog', 'timetracking'];

function search(call: KnownCall, query: URLSearchParams, wanted: Wanted): Reply {
  const jql = readJql(query.get('jql') ?? '', call.jira.store);
  if (!jql.ok) return jiraError(400, jql.message);
  const found = jql.query.run(call.jira.store.issues.filter((issue) => maySee(call, issue)));
  const { startAt, maxResults } = paging(query, 50, 1000);
  const issues = found.slice(startAt, startAt + maxResults).map((issue) => {
    const shape = oneIssue(call, issue, wanted);
    if (wanted.fields !== null) return shape;
    const fields = Object.entries(shape['fields'] as object).filter(([name]) => !NOT_NAVIGABLE.includes(name));
    return { ...shape, fields: Object.fromEntries(fields) };
  });
  return json(200, { expand: 'schema,names', startAt, maxResults, total: found.length, issues });
}

/** The same with everything in the body; lists instead of commas. */
function searchByPost(call: KnownCall): Reply {
  const body = objectBody(call.request);
  const words = (name: string): string | null => (Array.isArray(body[name]) ? (body[name] as unknown[]).join(',') : null);
  const query = new URLSearchParams();
  for (const name of ['jql', 'startAt', 'maxResults']) if (body[name] !== undefined) query.set(name, String(body[name]));
  return search(call, query, { fields: words('fields'), expand: words('expand') ?? '' });
}
