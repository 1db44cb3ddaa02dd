/** REST v2 of Data Center about the server and its people: serverInfo, myself, permissions, users, projects. */
import type { Person } from '../jira-model.ts';
import { jiraError, jiraTime, paging } from '../jira-rest.ts';
import { json, type Reply } from '../routes.ts';
import { versionNumbers } from './behaviour.ts';
import type { Call, Door, KnownCall } from './door.ts';
import { personShape, projectShape } from './shapes.ts';

export function addPeopleRoutes(door: Door): void {
  door.open('GET', '/rest/api/2/serverInfo', serverInfo);
  door.open('GET', '/rest/api/2/mypermissions', myPermissions);
  door.known('GET', '/rest/api/2/myself', 'READ', ({ jira, person }) => json(200, { ...personShape(jira, person), emailAddress: person.emailAddress, locale: 'en_US' }));
  door.known('GET', '/rest/api/2/user', 'READ', user);
  door.known('GET', '/rest/api/2/user/search', 'READ', userSearch);
  door.known('GET', '/rest/api/2/project', 'READ', (call) => json(200, call.jira.store.projects.filter(() => mayBrowse(call)).map((project) => projectShape(call.jira, project))));
  door.known('GET', '/rest/api/2/project/:project', 'READ', project);
}

function serverInfo({ jira, person }: Call): Reply {
  if (jira.behaviour.serverInfoNeedsLogin && person === null) return jiraError(401, 'Login required.');
  return json(200, {
    baseUrl: jira.claimedUrl,
    version: jira.behaviour.version,
    versionNumbers: versionNumbers(jira.behaviour),
    deploymentType: 'Server',
    buildNumber: 10030024,
    buildDate: '2026-06-10T00:00:00.000+0000',
    databaseBuildNumber: 10030024,
    serverTime: jiraTime(jira.store.clock.now()),
    scmInfo: '0000000000000000000000000000000000000000',
    serverTitle: 'Jira',
  });
}

const PERMISSIONS = 'BROWSE_PROJECTS ADD_COMMENTS EDIT_OWN_COMMENTS EDIT_ALL_COMMENTS DELETE_OWN_COMMENTS EDIT_ISSUES LINK_ISSUES TRANSITION_ISSUES ADMINISTER ADMINISTER_PROJECTS'.split(' ');

/** All permissions, whatever the request names; a stranger is told that there are none. */
function myPermissions({ jira, person }: Call): Reply {
  const entries = PERMISSIONS.map((key, index) => [
    key,
    {
      id: String(index + 10),
      key,
      name: key,
      type: key === 'ADMINISTER' ? 'GLOBAL' : 'PROJECT',
      description: '',
      havePermission: person !== null && jira.permissions.has(person.key, key),
    },
  ]);
  return json(200, { permissions: Object.fromEntries(entries) });
}

export function mayBrowse({ jira, person }: KnownCall): boolean {
  return jira.permissions.has(person.key, 'BROWSE_PROJECTS');
}

/** By `key` or by `username`. An accountId means nothing here. */
function user({ jira, request }: KnownCall): Reply {
  const [key, username] = [request.query.get('key'), request.query.get('username')?.toLowerCase()];
  if (key === null && username === undefined) return jiraError(400, 'Either the username or the key query parameter needs to be provided.');
  const found = jira.store.people.find((one) => (key === null ? one.name === username : one.key === key));
  return found === undefined ? jiraError(404, `The user named '${key ?? username ?? ''}' does not exist`) : json(200, personShape(jira, found));
}

/** `username` is looked for in names, display names and, as far as they are shown, e-mail addresses. */
function userSearch({ jira, request }: KnownCall): Reply {
  const wanted = request.query.get('username')?.toLowerCase() ?? '';
  if (wanted === '') return jiraError(400, 'The username query parameter was not provided.');
  const words = (person: Person): string[] => [person.name, person.displayName, jira.behaviour.showsEmails ? person.emailAddress : ''];
  const found = jira.store.people.filter((person) => wanted === '.' || words(person).some((word) => word.toLowerCase().includes(wanted)));
  const { startAt, maxResults } = paging(request.query, 50, 1000);
  return json(200, found.slice(startAt, startAt + maxResults).map((person) => personShape(jira, person)));
}

function project(call: KnownCall): Reply {
  const wanted = call.request.params['project'] ?? '';
  const found = call.jira.store.projects.find((one) => one.key === wanted.toUpperCase() || one.id === wanted);
  if (found === undefined || !mayBrowse(call)) return jiraError(404, `No project could be found with key '${wanted}'.`);
  return json(200, projectShape(call.jira, found));
}
