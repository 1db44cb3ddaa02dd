/** REST of a Cloud site, all but comments: the site itself, permissions, projects, people, issues, changelogs, remote links. */
import type { Issue } from '../jira-model.ts';
import { fieldNames, jiraError, jiraTime, listRemoteLinks, onlyWanted, paging, upsertRemoteLink } from '../jira-rest.ts';
import { readJql } from '../jira-data-center/jql.ts';
import { json, type Reply } from '../routes.ts';
import type { Gateway, GatewayCall } from './gateway.ts';
import { allFields, changeShape, personShape, projectShape } from './shapes.ts';

export function addIssueRoutes(gateway: Gateway): void {
  gateway.add('GET', '/serverInfo', null, serverInfo);
  gateway.add('GET', '/mypermissions', 'read:jira-work', myPermissions);
  gateway.add('GET', '/project/search', 'read:jira-work', projectSearch);
  gateway.add('GET', '/search/jql', 'read:jira-work', search);
  gateway.add('GET', '/myself', 'read:jira-user', (call) => json(200, person(call, call.accountId)));
  gateway.add('GET', '/user', 'read:jira-user', user);
  gateway.add('GET', '/issue/:issue', 'read:jira-work', (call) => withIssue(call, (issue) => getIssue(call, issue)));
  gateway.add('GET', '/issue/:issue/changelog', 'read:jira-work', (call) => withIssue(call, (issue) => changelog(call, issue)));
  gateway.add('GET', '/issue/:issue/remotelink', 'read:jira-work', (call) => withIssue(call, (issue) => listRemoteLinks(issue, restUrl(call), call.request.query)));
  gateway.add('POST', '/issue/:issue/remotelink', 'write:jira-work', (call) =>
    withIssue(call, (issue) => writeTo(call, issue, () => upsertRemoteLink(call.site.store, issue, restUrl(call), call.request))),
  );
}

/** Runs `handle` with the issue of the path; 404 when there is none or the caller may not see it: Jira does not tell the two apart. */
export function withIssue(call: GatewayCall, handle: (issue: Issue) => Reply): Reply {
  const issue = call.site.store.findIssue(call.request.params['issue'] ?? '');
  if (issue === undefined || issue.hiddenFrom.has(call.accountId) || !call.site.hasPermission(call.accountId, 'BROWSE_PROJECTS')) {
    return jiraError(404, 'Issue does not exist or you do not have permission to see it.');
  }
  return handle(issue);
}

/** Runs a write, unless this issue was written to too often just now. */
export function writeTo(call: GatewayCall, issue: Issue, write: () => Reply): Reply {
  const wait = call.site.countWrite(issue.id);
  if (wait === null) return write();
  return json(
    429,
    { errorMessages: ['Rate limit exceeded.'], errors: {} },
    rateLimitHeaders('jira-per-issue-on-write', wait, call.site.store.clock.now()),
  );
}

export type RateLimitReason = 'jira-quota-global-based' | 'jira-quota-tenant-based' | 'jira-burst-based' | 'jira-per-issue-on-write';

/** Headers of a 429 (jira-api.md 2.5). @param retryAfter seconds */
export function rateLimitHeaders(reason: RateLimitReason, retryAfter: number, now: number): Record<string, string> {
  return {
    'Retry-After': String(retryAfter),
    'RateLimit-Reason': reason,
    'X-RateLimit-Limit': '100',
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': new Date(now + retryAfter * 1000).toISOString(),
  };
}

function serverInfo(call: GatewayCall): Reply {
  return json(200, {
    baseUrl: call.site.url,
    displayUrl: call.site.url,
    version: '1001.0.0-SNAPSHOT',
    versionNumbers: [1001, 0, 0],
    deploymentType: 'Cloud',
    buildNumber: 100287,
    serverTime: jiraTime(call.site.store.clock.now()),
    serverTitle: 'Jira',
    defaultLocale: { locale: 'en_US' },
    serverTimeZone: 'Etc/UTC',
  });
}

const PERMISSIONS = 'BROWSE_PROJECTS ADD_COMMENTS EDIT_OWN_COMMENTS EDIT_ALL_COMMENTS DELETE_OWN_COMMENTS EDIT_ISSUES LINK_ISSUES TRANSITION_ISSUES ADMINISTER ADMINISTER_PROJECTS'.split(' ');

function myPermissions(call: GatewayCall): Reply {
  const wanted = call.request.query.get('permissions');
  if (wanted === null || wanted === '') return jiraError(400, 'The permissions query parameter is required.');
  const keys = wanted.split(',').map((key) => key.trim());
  const unknown = keys.find((key) => !PERMISSIONS.includes(key));
  if (unknown !== undefined) return jiraError(400, `Unrecognized permission(s): ${unknown}`);
  const entries = keys.map((key, index) => [
    key,
    { id: String(index + 10), key, name: key, type: key === 'ADMINISTER' ? 'GLOBAL' : 'PROJECT', havePermission: call.site.hasPermission(call.accountId, key) },
  ]);
  return json(200, { permissions: Object.fromEntries(entries) });
}

function projectSearch(call: GatewayCall): Reply {
  const { startAt, maxResults } = paging(call.request.query, 50);
  const visible = call.site.hasPermission(call.accountId, 'BROWSE_PROJECTS') ? call.site.store.projects : [];
  const values = visible.slice(startAt, startAt + maxResults).map((project) => projectShape(call.site.context, project));
  return json(200, { startAt, maxResults, total: visible.length, isLast: startAt + maxResults >= visible.length, values });
}

/** The search of today: pages by token, no total, and only ids unless fields are named. A query without any limit is refused. */
function search(call: GatewayCall): Reply {
  const { query } = call.request;
  const text = query.get('jql') ?? '';
  if (/^\s*(order\s+by\b|$)/i.test(text)) return jiraError(400, 'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.');
  const jql = readJql(text, call.site.store);
  if (!jql.ok) return jiraError(400, jql.message);
  const visible = call.site.hasPermission(call.accountId, 'BROWSE_PROJECTS') ? call.site.store.issues.filter((issue) => !issue.hiddenFrom.has(call.accountId)) : [];
  const found = jql.query.run(visible);
  const maxResults = Math.min(Number(query.get('maxResults') ?? 50), 100);
  const startAt = Number(query.get('nextPageToken')?.replace(/^page-/, '') ?? 0);
  const issues = found.slice(startAt, startAt + maxResults).map((issue) => ({
    id: issue.id,
    ...(query.get('fields') !== null && { key: issue.key, fields: onlyWanted(allFields(call.site.context, issue, call.audience), query.get('fields')) }),
  }));
  const next = startAt + maxResults;
  return json(200, { issues, ...(next < found.length ? { nextPageToken: `page-${String(next)}` } : { isLast: true }) });
}

function person(call: GatewayCall, accountId: string): Record<string, unknown> {
  const { store, context } = call.site;
  const found = store.person(accountId);
  // One always sees the own address, hidden or not.
  return personShape(context, accountId === call.accountId ? { ...found, emailVisible: true } : found, call.audience);
}

function user(call: GatewayCall): Reply {
  const accountId = call.request.query.get('accountId') ?? '';
  if (!call.site.store.people.some((one) => one.accountId === accountId)) {
    return jiraError(404, 'Specified user does not exist or you do not have required permissions');
  }
  return json(200, person(call, accountId));
}

function getIssue(call: GatewayCall, issue: Issue): Reply {
  const { context } = call.site;
  const expand = (call.request.query.get('expand') ?? '').split(',');
  const body: Record<string, unknown> = {
    expand: 'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations',
    id: issue.id,
    self: `${context.siteUrl}/rest/api/${call.version}/issue/${issue.id}`,
    key: issue.key,
    fields: onlyWanted(allFields(context, issue, call.audience), call.request.query.get('fields')),
  };
  if (expand.includes('names')) body['names'] = fieldNames(body['fields'] as Record<string, unknown>);
  if (expand.includes('changelog')) {
    const histories = issue.history.map((change) => changeShape(context, change)).reverse();
    body['changelog'] = { startAt: 0, maxResults: histories.length, total: histories.length, histories };
  }
  return json(200, body);
}

function changelog(call: GatewayCall, issue: Issue): Reply {
  const { startAt, maxResults } = paging(call.request.query, 100);
  const values = issue.history.slice(startAt, startAt + maxResults).map((change) => changeShape(call.site.context, change));
  const isLast = startAt + maxResults >= issue.history.length;
  return json(200, { startAt, maxResults, total: issue.history.length, isLast, values });
}

/** Address of the REST version that was called, for `self`. */
function restUrl(call: GatewayCall): string {
  return `${call.site.url}/rest/api/${call.version}`;
}
