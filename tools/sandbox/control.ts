/**
 * The control API for people and for programs outside this process: faults, scripts of the agent, webhooks, the state of everything.
 * Tests in the same process use the objects of `Sandbox` directly and need none of this.
 */
import type { Fault, FaultEffect } from './faults.ts';
import type { RateLimitReason } from './jira-cloud/rest-issues.ts';
import { wiki } from './jira-store.ts';
import { NAMED_SCRIPTS } from './openhands/scripts.ts';
import { empty, json, objectBody, type Reply, type SandboxRequest } from './routes.ts';
import type { Sandbox } from './sandbox.ts';
import { ACCOUNTS } from './seed.ts';

const EFFECTS: FaultEffect['kind'][] = ['status', 'html', 'delay', 'reset', 'lost-answer', 'hang'];

export function addControlRoutes(sandbox: Sandbox): void {
  const { routes } = sandbox.atlassian.standIn;
  routes.get('/_control', () => json(200, overview(sandbox)));
  routes.get('/_control/environment', () => json(200, sandbox.environment()));
  routes.get('/_control/calls/:standIn', (request) => json(200, sandbox.standIns[request.params['standIn'] ?? '']?.calls ?? []));
  routes.post('/_control/faults/:standIn', (request) => addFault(sandbox, request));
  routes.delete('/_control/faults/:standIn', (request) => {
    sandbox.standIns[request.params['standIn'] ?? '']?.faults.clear();
    return empty(204);
  });
  routes.post('/_control/rate-limit', (request) => limitRate(sandbox, request));
  routes.post('/_control/webhooks', (request) => addWebhook(sandbox, request));
  routes.get('/_control/deliveries', () => json(200, sandbox.jira.webhooks.deliveries));
  routes.post('/_control/deliveries/:action', (request) => deliveries(sandbox, request));
  routes.post('/_control/openhands/play', (request) => play(sandbox, request));
  routes.post('/_control/openhands/advance', (request) => {
    sandbox.openhands.advance(Number(objectBody(request)['looks'] ?? 1));
    return empty(204);
  });
  routes.post('/_control/comments', (request) => comment(sandbox, request));
  routes.post('/_control/labels', (request) => labels(sandbox, request));
}

function overview(sandbox: Sandbox): Record<string, unknown> {
  return {
    note: 'Sandbox: nothing here is real.',
    urls: sandbox.urls,
    accounts: ACCOUNTS,
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
function addWebhook(sandbox: Sandbox, request: SandboxRequest): Reply {
  const { name = 'OpenHands', url, secret = null, events = ['comment_created', 'jira:issue_updated'] } = objectBody(request);
  if (typeof url !== 'string') return json(400, { message: 'url is missing' });
  const webhook = sandbox.jira.webhooks.register({ name: String(name), url, secret: typeof secret === 'string' ? secret : null, events: events as string[] });
  return json(201, { id: webhook.id, name: webhook.name, url: webhook.url, events: webhook.events, isSigned: webhook.secret !== null });
}

/** `hold`, `release`, `release-shuffled`, `duplicate-next` */
function deliveries(sandbox: Sandbox, request: SandboxRequest): Reply {
  const { webhooks } = sandbox.jira;
  const actions: Record<string, () => void> = {
    hold: () => webhooks.hold(),
    release: () => void webhooks.release(),
    'release-shuffled': () => void webhooks.release('shuffled'),
    'duplicate-next': () => webhooks.duplicateNext(),
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

/** `{issue, as, text}`: `as` is a short name (`ben`) or an account id. */
function comment(sandbox: Sandbox, request: SandboxRequest): Reply {
  const { issue, as = 'ben', text } = objectBody(request);
  const { store } = sandbox.jira;
  const found = store.findIssue(String(issue));
  if (found === undefined || typeof text !== 'string') return json(400, { message: 'issue or text is missing' });
  const added = store.addComment(found, { authorId: accountOf(String(as)), body: wiki(text) });
  return json(201, { id: added.id });
}

/** `{issue, as, labels}`: replaces the labels. */
function labels(sandbox: Sandbox, request: SandboxRequest): Reply {
  const { issue, as = 'ben', labels: wanted } = objectBody(request);
  const found = sandbox.jira.store.findIssue(String(issue));
  if (found === undefined || !Array.isArray(wanted)) return json(400, { message: 'issue or labels is missing' });
  sandbox.jira.store.setLabels(found, wanted.map(String), accountOf(String(as)));
  return empty(204);
}

function accountOf(name: string): string {
  return name in ACCOUNTS ? ACCOUNTS[name as keyof typeof ACCOUNTS] : name;
}
