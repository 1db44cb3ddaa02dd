/**
 * Administration of webhooks over REST (jira-api.md 3.4): two APIs with other paths and other bodies, of which a version has exactly one.
 * Both need the global right to administer Jira.
 */
import { jiraError, jiraTime } from '../jira-rest.ts';
import { empty, json, objectBody, type Reply } from '../routes.ts';
import { isTenOrLater } from './behaviour.ts';
import type { Door, KnownCall } from './door.ts';
import type { DataCenterWebhook, NewWebhook } from './webhooks.ts';

const OLD = '/rest/webhooks/1.0/webhook';
const NEW = '/rest/jira-webhook/1.0/webhooks';

type Handler = (call: KnownCall) => Reply;
type Read = { ok: true; fields: NewWebhook } | { ok: false; reply: Reply };

export function addWebhookAdminRoutes(door: Door): void {
  const old = (method: string, path: string, handler: Handler): Door => door.known(method, OLD + path, 'ADMIN', (call) => guarded(call, false, handler));
  const current = (method: string, path: string, handler: Handler): Door => door.known(method, NEW + path, 'ADMIN', (call) => guarded(call, true, handler));

  old('GET', '', (call) => json(200, call.jira.webhooks.webhooks.map((webhook) => oldShape(call, webhook))));
  old('POST', '', (call) => create(call, readOld(call), oldShape));
  old('GET', '/:id', (call) => withWebhook(call, (webhook) => json(200, oldShape(call, webhook))));
  old('PUT', '/:id', (call) => update(call, readOld(call), oldShape));
  old('DELETE', '/:id', remove);

  current('GET', '', list);
  current('POST', '', (call) => create(call, readCurrent(call), currentShape));
  current('GET', '/transitions', () => json(200, []));
  current('GET', '/:id', (call) => withWebhook(call, (webhook) => json(200, currentShape(call, webhook))));
  current('PUT', '/:id', (call) => update(call, readCurrent(call), currentShape));
  current('DELETE', '/:id', remove);
  current('GET', '/:id/statistics', (call) => withWebhook(call, ({ id }) => json(200, call.jira.webhooks.statistics(id, call.request.query.get('event')))));
  current('GET', '/:id/statistics/summary', (call) => withWebhook(call, (webhook) => json(200, summary(call, webhook))));
  current('GET', '/:id/latest', (call) => withWebhook(call, (webhook) => latest(call, webhook)));
}

function guarded(call: KnownCall, isCurrent: boolean, handler: Handler): Reply {
  if (isTenOrLater(call.jira.behaviour) !== isCurrent) return call.jira.standIn.notFound(call.request.path);
  if (call.jira.permissions.has(call.person.key, 'ADMINISTER')) return handler(call);
  // Both statuses are known for "no administrator"; here each version has one of them.
  return jiraError(isCurrent ? 403 : 401, 'You do not have permission to administer webhooks.');
}

function idOf(call: KnownCall): number {
  return Number(call.request.params['id']);
}

function withWebhook(call: KnownCall, handle: (webhook: DataCenterWebhook) => Reply): Reply {
  const webhook = call.jira.webhooks.webhooks.find((one) => one.id === idOf(call));
  return webhook === undefined ? jiraError(404, `No webhook with id ${String(call.request.params['id'])}.`) : handle(webhook);
}

function list(call: KnownCall): Reply {
  const { query } = call.request;
  const event = query.get('event');
  const start = Number(query.get('start') ?? 0);
  const wanted = call.jira.webhooks.webhooks.filter((webhook) => event === null || webhook.events.includes(event));
  return json(200, wanted.slice(start, start + Number(query.get('limit') ?? 1000)).map((webhook) => currentShape(call, webhook)));
}

function create(call: KnownCall, read: Read, shape: (call: KnownCall, webhook: DataCenterWebhook) => unknown): Reply {
  if (!read.ok) return read.reply;
  return json(201, shape(call, call.jira.webhooks.register(read.fields)));
}

function update(call: KnownCall, read: Read, shape: (call: KnownCall, webhook: DataCenterWebhook) => unknown): Reply {
  return withWebhook(call, ({ id }) => {
    if (!read.ok) return read.reply;
    const changed = call.jira.webhooks.change(id, read.fields);
    return changed === null ? empty(404) : json(200, shape(call, changed));
  });
}

function remove(call: KnownCall): Reply {
  return withWebhook(call, ({ id }) => {
    call.jira.webhooks.remove(id);
    return empty(204);
  });
}

/** What both forms share; null when something is missing. */
function common(call: KnownCall): Pick<NewWebhook, 'name' | 'url' | 'events' | 'updatedByKey'> | null {
  const { name, url, events } = objectBody(call.request);
  if (typeof name !== 'string' || name === '' || typeof url !== 'string' || !/^https?:\/\//.test(url)) return null;
  if (!Array.isArray(events) || events.length === 0 || events.some((event) => typeof event !== 'string')) return null;
  return { name, url, events: events as string[], updatedByKey: call.person.key };
}

const INCOMPLETE: Read = { ok: false, reply: jiraError(400, 'The webhook needs a name, an address and events.') };

/** Jira 9 knows no secret: whatever is sent as one is ignored, and deliveries stay unsigned. */
function readOld(call: KnownCall): Read {
  const fields = common(call);
  const { excludeBody, filters, enabled } = objectBody(call.request);
  if (fields === null) return INCOMPLETE;
  const kept = { filters: (filters ?? {}) as Record<string, unknown>, excludeBody: excludeBody === true, enabled: enabled !== false };
  return { ok: true, fields: { ...fields, ...kept, secret: null } };
}

/** From 10 on: `filters` and `excludeBody` of the old form are ignored in silence (JRASERVER-78733); only `configuration` counts. */
function readCurrent(call: KnownCall): Read {
  const fields = common(call);
  if (fields === null) return INCOMPLETE;
  const { id, active, configuration = {}, scopeType = 'global' } = objectBody(call.request);
  const wantedId = call.request.params['id'] === undefined ? null : idOf(call);
  if ((id ?? null) !== wantedId) return { ok: false, reply: jiraError(400, 'The id of the body is another one than that of the path.') };
  if (scopeType !== 'global') return { ok: false, reply: jiraError(400, 'The sandbox knows global webhooks only.') };
  const settings = configuration as Record<string, unknown>;
  if (Object.values(settings).some((value) => typeof value !== 'string')) return { ok: false, reply: jiraError(400, 'All values of configuration are strings.') };
  const secret = (settings['SECRET'] as string | undefined) ?? '';
  const excludeBody = settings['EXCLUDE_BODY'] === 'true';
  return { ok: true, fields: { ...fields, secret: secret === '' ? null : secret, excludeBody, enabled: active !== false } };
}

function oldShape({ jira }: KnownCall, webhook: DataCenterWebhook): Record<string, unknown> {
  const editor = webhook.updatedByKey === null ? null : jira.store.person(webhook.updatedByKey);
  // The id stands in `self` only.
  return {
    name: webhook.name,
    url: webhook.url,
    excludeBody: webhook.excludeBody,
    filters: webhook.filters,
    events: webhook.events,
    enabled: webhook.enabled,
    self: `${jira.claimedUrl}${OLD}/${String(webhook.id)}`,
    lastUpdatedUser: editor?.key ?? null,
    lastUpdatedDisplayName: editor?.displayName ?? null,
    lastUpdated: webhook.updatedAt,
  };
}

function currentShape({ jira, request }: KnownCall, webhook: DataCenterWebhook): Record<string, unknown> {
  const configuration: Record<string, string> = { EXCLUDE_BODY: String(webhook.excludeBody) };
  if (jira.behaviour.echoesSecret && webhook.secret !== null) configuration['SECRET'] = webhook.secret;
  return {
    id: webhook.id,
    name: webhook.name,
    url: webhook.url,
    events: webhook.events,
    active: webhook.enabled,
    configuration,
    createdDate: webhook.createdAt,
    updatedDate: webhook.updatedAt,
    scopeType: 'global',
    sslVerificationRequired: true,
    ...(request.query.get('statistics') === 'true' ? { statistics: jira.webhooks.statistics(webhook.id) } : {}),
  };
}

function summary({ jira }: KnownCall, webhook: DataCenterWebhook): Record<string, unknown> {
  return Object.fromEntries(webhook.events.map((event) => [event, jira.webhooks.statistics(webhook.id, event)]));
}

/** The last delivery; 204 when it never fired. */
function latest({ jira }: KnownCall, webhook: DataCenterWebhook): Reply {
  const delivery = jira.webhooks.deliveries.filter((one) => one.webhookId === webhook.id && one.attempts.length > 0).at(-1);
  const attempt = delivery?.attempts.at(-1);
  if (delivery === undefined || attempt === undefined) return empty(204);
  return json(200, { event: delivery.event, url: webhook.url, statusCode: attempt.status, date: jiraTime(attempt.at) });
}
