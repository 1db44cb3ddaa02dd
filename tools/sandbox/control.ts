/**
 * The control API for people and for programs outside this process: faults, scripts of the agent, webhooks, the state of everything.
 * Tests in the same process use the objects of `Sandbox` directly and need none of this.
 */
import type { Fault, FaultEffect } from './faults.ts';
import type { RateLimitReason } from './jira-cloud/rest-issues.ts';
import { wiki } from './jira-store.ts';
import type { PlayedJira } from './played-jira.ts';
import { changeBehaviour } from './jira-data-center/behaviour.ts';
import { NAMED_SCRIPTS } from './openhands/scripts.ts';
import { empty, json, objectBody, type Reply, type Routes, type SandboxRequest } from './routes.ts';
import type { Sandbox } from './sandbox.ts';
import { ACCOUNTS, DATA_CENTER_KEYS } from './seed.ts';

const EFFECTS: FaultEffect['kind'][] = ['status', 'html', 'delay', 'reset', 'lost-answer', 'hang'];

export function addControlRoutes(sandbox: Sandbox): void {
  const { routes } = sandbox.atlassian.standIn;
  routes.get('/_control', () => json(200, overview(sandbox)));
  routes.get('/_control/environment', () => json(200, sandbox.environment()));
  routes.get('/_control/jira-data-center/environment', () => json(200, sandbox.dataCenterEnvironment()));
  routes.get('/_control/jira-data-center/behaviour', () => json(200, sandbox.jiraDataCenter.behaviour));
  routes.post('/_control/jira-data-center/behaviour', (request) => changeDataCenter(sandbox, request));
  routes.get('/_control/calls/:standIn', (request) => json(200, sandbox.standIns[request.params['standIn'] ?? '']?.calls ?? []));
  routes.post('/_control/faults/:standIn', (request) => addFault(sandbox, request));
  routes.delete('/_control/faults/:standIn', (request) => {
    sandbox.standIns[request.params['standIn'] ?? '']?.faults.clear();
    return empty(204);
  });
  routes.post('/_control/rate-limit', (request) => limitRate(sandbox, request));
  routes.post('/_control/openhands/play', (request) => play(sandbox, request));
  routes.post('/_control/openhands/advance', (request) => {
    sandbox.openhands.advance(Number(objectBody(request)['looks'] ?? 1));
    return empty(204);
  });
  for (const jira of [sandbox.played.cloud, sandbox.played.dataCenter]) addPlayRoutes(routes, jira);
}

/** What people do in one Jira, and its webhooks. */
function addPlayRoutes(routes: Routes, jira: PlayedJira): void {
  const path = jira.controlPath;
  routes.post(`${path}/webhooks`, (request) => addWebhook(jira, request));
  routes.get(`${path}/deliveries`, () => json(200, jira.webhooks.deliveries));
  routes.post(`${path}/deliveries/:action`, (request) => deliveries(jira, request));
  routes.post(`${path}/comments`, (request) => comment(jira, request));
  routes.post(`${path}/labels`, (request) => labels(jira, request));
}

/** Any fields of `Behaviour`. */
function changeDataCenter(sandbox: Sandbox, request: SandboxRequest): Reply {
  const problem = changeBehaviour(sandbox.jiraDataCenter.behaviour, objectBody(request));
  return problem === null ? json(200, sandbox.jiraDataCenter.behaviour) : json(400, { message: problem });
}

function overview(sandbox: Sandbox): Record<string, unknown> {
  return {
    note: 'Sandbox: nothing here is real.',
    urls: sandbox.urls,
    accounts: ACCOUNTS,
    dataCenterKeys: DATA_CENTER_KEYS,
    issues: sandbox.jira.store.issues.map((issue) => issue.key),
    webhooks: sandbox.jira.webhooks.webhooks.map(({ secret, ...webhook }) => ({ ...webhook, isSigned: secret !== null })),
    scripts: Object.keys(NAMED_SCRIPTS),
    faults: Object.fromEntries(Object.entries(sandbox.standIns).map(([name, standIn]) => [name, standIn.faults.list()])),
  };
}

/** `{kind, status?, headers?, body?, ms?, method?, path?, times?}` */
function addFault(sandbox: Sandbox, request: SandboxRequest): Reply {
  const standIn = sandbox.standIns[request.params['standIn'] ?? ''];
  if (standIn === undefined) return json(404, { message: `There are: ${Object.keys(sandbox.standIns).join(', ')}` });
  const { method, path, times, ...effect } = objectBody(request);
  if (!EFFECTS.includes(effect['kind'] as FaultEffect['kind'])) return json(400, { message: `kind is one of ${EFFECTS.join(', ')}` });
  const fault: Fault = { effect: effect as unknown as FaultEffect };
  if (typeof method === 'string') fault.method = method;
  if (typeof path === 'string') fault.path = path;
  if (typeof times === 'number') fault.times = times;
  standIn.faults.add(fault);
  return json(201, fault);
}

function limitRate(sandbox: Sandbox, request: SandboxRequest): Reply {
  const { reason = 'jira-burst-based', path, times, retryAfter } = objectBody(request);
  sandbox.atlassian.limitRate(reason as RateLimitReason, {
    ...(typeof path === 'string' ? { path } : { path: '/ex/jira/' }),
    ...(typeof times === 'number' ? { times } : {}),
    ...(typeof retryAfter === 'number' ? { retryAfter } : {}),
  });
  return empty(204);
}

/** What an administrator of Jira does by hand: `{name?, url, secret?, events?}`. */
function addWebhook(jira: PlayedJira, request: SandboxRequest): Reply {
  const { name = jira.webhook.name, url, secret = null, events = ['comment_created', 'jira:issue_updated'] } = objectBody(request);
  if (typeof url !== 'string') return json(400, { message: 'url is missing' });
  const webhook = jira.webhooks.register({ name: String(name), url, secret: typeof secret === 'string' ? secret : null, events: events as string[] });
  return json(201, { id: webhook.id, name: webhook.name, url: webhook.url, events: webhook.events, isSigned: webhook.secret !== null });
}

/** `hold`, `release`, `release-shuffled`, `duplicate-next`, `lose-held` */
function deliveries(jira: PlayedJira, request: SandboxRequest): Reply {
  const { webhooks } = jira;
  const actions: Record<string, () => void> = {
    hold: () => webhooks.hold(),
    release: () => void webhooks.release(),
    'release-shuffled': () => void webhooks.release('shuffled'),
    'duplicate-next': () => webhooks.duplicateNext(),
    'lose-held': () => webhooks.loseHeld(),
  };
  const action = actions[request.params['action'] ?? ''];
  if (action === undefined) return json(404, { message: `There are: ${Object.keys(actions).join(', ')}` });
  action();
  return empty(204);
}

function play(sandbox: Sandbox, request: SandboxRequest): Reply {
  const { script } = objectBody(request);
  if (typeof script !== 'string' || !(script in NAMED_SCRIPTS)) return json(400, { message: `script is one of ${Object.keys(NAMED_SCRIPTS).join(', ')}` });
  sandbox.openhands.play(script);
  return empty(204);
}

/** `{issue, as, text}`: `as` is a short name (`ben`) or an id of this Jira. */
function comment(jira: PlayedJira, request: SandboxRequest): Reply {
  const { issue, as = 'ben', text } = objectBody(request);
  const { store } = jira;
  const found = store.findIssue(String(issue));
  if (found === undefined || typeof text !== 'string') return json(400, { message: 'issue or text is missing' });
  const added = store.addComment(found, { authorId: jira.idOfName(String(as)), body: wiki(text) });
  return json(201, { id: added.id });
}

/** `{issue, as, labels}`: replaces the labels. */
function labels(jira: PlayedJira, request: SandboxRequest): Reply {
  const { issue, as = 'ben', labels: wanted } = objectBody(request);
  const found = jira.store.findIssue(String(issue));
  if (found === undefined || !Array.isArray(wanted)) return json(400, { message: 'issue or labels is missing' });
  jira.store.setLabels(found, wanted.map(String), jira.idOfName(String(as)));
  return empty(204);
}
