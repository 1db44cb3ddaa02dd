/** Start, follow, talk to, pause and resume conversations (openhands-api.md 2, 3, 5). */
import { json, objectBody, type Reply, type SandboxRequest } from '../routes.ts';
import type { AgentCaller } from './accounts.ts';
import { undashed, type Conversation } from './conversation.ts';
import type { OpenHands } from './openhands.ts';

const BASE = '/api/v1/app-conversations';

export function addConversationRoutes(agent: OpenHands): void {
  agent.add('POST', BASE, (caller, request) => start(agent, caller, request));
  agent.add('GET', `${BASE}/start-tasks`, (caller, request) => startTasks(agent, caller, request));
  agent.add('GET', `${BASE}/start-tasks/search`, (caller, request) => searchStartTasks(agent, caller, request));
  agent.add('GET', BASE, (caller, request) => batch(agent, caller, request));
  agent.add('GET', `${BASE}/search`, (caller) => json(200, { items: own(agent, caller).map((one) => shape(agent, one)), next_page_id: null }));
  agent.add('PATCH', `${BASE}/:id`, (caller, request) => patch(agent, caller, request));
  agent.add('DELETE', `${BASE}/:id`, (caller, request) => remove(agent, caller, request));
  agent.add('POST', `${BASE}/:id/send-message`, (caller, request) => sendMessage(agent, caller, request));
  agent.add('GET', '/api/v1/sandboxes', (caller, request) => sandboxes(agent, caller, request));
  agent.add('POST', '/api/v1/sandboxes/:id/resume', (caller, request) => resume(agent, caller, request));
  agent.add('POST', '/api/v1/sandboxes/:id/pause', (caller, request) => withOwn(agent, caller, request, (one) => one.pauseSandbox()));
  agent.add('DELETE', '/api/v1/sandboxes/:id', (caller, request) => deleteSandbox(agent, caller, request));
  addRuntimeRoutes(agent);
}

function own(agent: OpenHands, caller: AgentCaller): Conversation[] {
  return agent.conversations.filter((one) => one.userId === caller.user.id && !one.deleted && one.isReady);
}

function findOwn(agent: OpenHands, caller: AgentCaller, id: string): Conversation | undefined {
  return own(agent, caller).find((one) => one.id === undashed(id));
}

function invalid(path: string[], msg: string): Reply {
  return json(422, { detail: [{ loc: ['body', ...path], msg, type: 'value_error' }] });
}

/** Parts of a message are strict: one unknown field and the whole request is refused. */
function messageProblem(message: unknown): Reply | null {
  if (typeof message !== 'object' || message === null) return null;
  const content = (message as Record<string, unknown>)['content'];
  if (!Array.isArray(content) || content.length === 0) return invalid(['content'], 'At least one part is required');
  for (const part of content as Record<string, unknown>[]) {
    const allowed = part['type'] === 'text' ? ['type', 'text', 'cache_prompt'] : part['type'] === 'image' ? ['type', 'image_urls'] : [];
    if (allowed.length === 0) return invalid(['content', 'type'], 'Input should be text or image');
    const extra = Object.keys(part).find((field) => !allowed.includes(field));
    if (extra !== undefined) return invalid(['content', extra], 'Extra inputs are not permitted');
    if (part['type'] === 'text' && typeof part['text'] !== 'string') return invalid(['content', 'text'], 'Field required');
  }
  return null;
}

function start(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const body = objectBody(request);
  const wantedId = body['conversation_id'];
  if (typeof wantedId === 'string' && undashed(wantedId) === null) return invalid(['conversation_id'], 'Input should be a valid UUID');
  const problem = messageProblem(body['initial_message']);
  if (problem !== null) return problem;
  const conversation = agent.start(caller, body);
  return json(200, task(agent, conversation, 'WORKING'));
}

function masked(request: Record<string, unknown>): Record<string, unknown> {
  const secrets = request['secrets'];
  if (typeof secrets !== 'object' || secrets === null) return request;
  return { ...request, secrets: Object.fromEntries(Object.keys(secrets).map((name) => [name, '**********'])) };
}

function time(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

/** @param status the very first answer says WORKING, whatever happens next */
function task(agent: OpenHands, one: Conversation, status = one.startStatus): Record<string, unknown> {
  const hasSandbox = status !== 'WORKING' && status !== 'ERROR';
  const hasServer = status === 'STARTING_CONVERSATION' || status === 'READY';
  return {
    id: one.taskId,
    created_by_user_id: one.userId,
    status,
    detail: status === 'ERROR' ? one.startDetail : null,
    app_conversation_id: status === 'READY' ? one.id : null,
    sandbox_id: hasSandbox ? one.id : null,
    agent_server_url: hasServer ? `${agent.options.url()}/runtime/${one.id}` : null,
    request: masked(one.request),
    created_at: time(one.createdAt),
    updated_at: time(agent.options.clock.now()),
  };
}

/** Ids of a batch request; a reply when they cannot be read. */
function wantedIds(request: SandboxRequest, limit: number): string[] | Reply {
  const ids = request.query.getAll('ids').map(undashed);
  if (ids.length > limit) return json(400, { detail: `At most ${String(limit)} ids` });
  return ids.every((id) => id !== null) ? ids : json(400, { detail: 'Invalid id' });
}

function startTasks(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const ids = wantedIds(request, 100);
  if (!Array.isArray(ids)) return ids;
  const found = ids.map((id) => agent.conversations.find((one) => one.taskId === id && one.userId === caller.user.id));
  for (const one of found) goOn(agent.stepsPerLook, () => one?.advanceStart());
  return json(200, found.map((one) => (one === undefined ? null : task(agent, one))));
}

/** `conversation_id__eq` compares the finished id only, so before READY it finds nothing: our own id is in `request`. */
function searchStartTasks(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const wanted = request.query.get('conversation_id__eq');
  const since = Date.parse(request.query.get('created_at__gte') ?? '');
  const limit = Number(request.query.get('limit') ?? 100);
  const offset = Number(request.query.get('page_id') ?? 0);
  const all = agent.conversations
    .filter((one) => one.userId === caller.user.id)
    .filter((one) => wanted === null || (one.isReady && one.id === undashed(wanted)))
    .filter((one) => Number.isNaN(since) || one.createdAt >= since);
  if ((request.query.get('sort_order') ?? '').endsWith('_DESC')) all.reverse();
  const next = offset + limit < all.length ? String(offset + limit) : null;
  return json(200, { items: all.slice(offset, offset + limit).map((one) => task(agent, one)), next_page_id: next });
}

function batch(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const ids = wantedIds(request, 99);
  if (!Array.isArray(ids)) return ids;
  const found = ids.map((id) => own(agent, caller).find((one) => one.id === id));
  const answer = found.map((one) => (one === undefined || one.frame.gone === true ? null : shape(agent, one)));
  for (const one of found) goOn(agent.stepsPerLook, () => one?.advance());
  return json(200, answer);
}

function goOn(steps: number, step: () => void): void {
  for (let done = 0; done < steps; done += 1) step();
}

function shape(agent: OpenHands, one: Conversation): Record<string, unknown> {
  const { sandbox, execution } = one.frame;
  const reachable = sandbox === 'RUNNING';
  const cost = one.cost;
  return {
    id: one.id,
    created_by_user_id: one.userId,
    sandbox_id: one.id,
    title: one.title,
    selected_repository: one.request['selected_repository'] ?? null,
    selected_branch: one.request['selected_branch'] ?? null,
    git_provider: one.request['git_provider'] ?? null,
    trigger: one.request['trigger'] ?? null,
    pr_number: [],
    llm_model: 'sandbox/model',
    agent_kind: 'openhands',
    metrics: cost === null ? null : { model_name: 'sandbox/model', accumulated_cost: cost, max_budget_per_task: null, accumulated_token_usage: { prompt_tokens: 1000, completion_tokens: 50 } },
    parent_conversation_id: null,
    sub_conversation_ids: [],
    public: null,
    tags: {},
    created_at: time(one.createdAt),
    updated_at: time(agent.options.clock.now()),
    sandbox_status: sandbox,
    execution_status: reachable ? execution : null,
    conversation_url: reachable ? `${agent.options.url()}/runtime/${one.id}/api/conversations/${one.id}` : null,
    session_api_key: reachable ? one.sessionKey : null,
    acp_server: null,
  };
}

function patch(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const one = findOwn(agent, caller, request.params['id'] ?? '');
  if (one === undefined) return json(404, { detail: 'unknown_app_conversation' });
  const { title } = objectBody(request);
  if (typeof title === 'string') one.title = title;
  return json(200, shape(agent, one));
}

function remove(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  if (undashed(request.params['id'] ?? '') === null) return json(400, { detail: 'Invalid id' });
  return withOwn(agent, caller, request, (one) => {
    one.deleted = true;
  });
}

function withOwn(agent: OpenHands, caller: AgentCaller, request: SandboxRequest, change: (one: Conversation) => void): Reply {
  const one = findOwn(agent, caller, request.params['id'] ?? '');
  if (one === undefined) return json(404, { detail: 'Not found' });
  change(one);
  return json(200, { success: true });
}

function resume(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const one = findOwn(agent, caller, request.params['id'] ?? '');
  if (one === undefined || one.frame.sandbox === 'MISSING') return json(404, { detail: 'Not found' });
  agent.pauseAboveCap(caller.user.id);
  one.resume();
  return json(200, { success: true });
}

/** The status of the sandbox decides; the page of the documentation that promises more is wrong (fact 13). */
function sendMessage(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const one = findOwn(agent, caller, request.params['id'] ?? '');
  if (one === undefined) return json(404, { detail: 'Conversation not found' });
  const body = objectBody(request);
  const problem = messageProblem(body);
  if (problem !== null) return problem;
  const { sandbox } = one.frame;
  if (sandbox === 'PAUSED' || sandbox === 'STARTING') return json(409, { detail: `Sandbox is ${sandbox}. Resume it with /api/v1/sandboxes/${one.id}/resume` });
  if (sandbox === 'MISSING') return json(410, { detail: 'The sandbox is gone' });
  if (sandbox === 'ERROR') return json(503, { detail: 'The sandbox has an error' });
  if (one.frame.execution === null) return json(502, { detail: 'The agent server did not answer' });
  const text = (body['content'] as { text?: string }[]).map((part) => part.text ?? '').join('');
  one.receive(text, body['run'] !== false);
  return json(200, { success: true, sandbox_status: one.frame.sandbox, message: null });
}

function sandboxShape(agent: OpenHands, one: Conversation): Record<string, unknown> {
  const { sandbox, detail } = one.frame;
  const isRunning = sandbox === 'RUNNING';
  return {
    id: one.id,
    sandbox_spec_id: 'sandbox',
    status: sandbox,
    session_api_key: isRunning ? one.sessionKey : null,
    exposed_urls: isRunning ? [{ name: 'AGENT_SERVER', url: `${agent.options.url()}/runtime/${one.id}`, port: 8000 }] : null,
    status_detail: detail ?? null,
    created_at: time(one.createdAt),
  };
}

function sandboxes(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const ids = request.query.getAll('id').map(undashed);
  const all = agent.conversations.filter((one) => one.userId === caller.user.id && one.startStatus !== 'WORKING' && one.startStatus !== 'ERROR');
  return json(200, ids.map((id) => all.find((one) => one.id === id)).map((one) => (one === undefined ? null : sandboxShape(agent, one))));
}

/** The id is read from the query; the one in the path is ignored (openhands-api.md 5). */
function deleteSandbox(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const id = request.query.get('sandbox_id');
  if (id === null) return json(422, { detail: [{ loc: ['query', 'sandbox_id'], msg: 'Field required', type: 'missing' }] });
  return withOwn(agent, caller, { ...request, params: { id } }, (one) => one.loseSandbox());
}

/** The few calls of the agent-server inside the sandbox: key of the session, unknown conversations are 400. */
function addRuntimeRoutes(agent: OpenHands): void {
  const base = '/runtime/:sandbox/api/conversations/:id';
  const enter = (request: SandboxRequest, handle: (one: Conversation) => Reply): Reply => {
    const one = agent.find(request.params['sandbox'] ?? '');
    if (one === undefined || one.frame.sandbox !== 'RUNNING') return json(502, { detail: 'No such runtime' });
    if (request.headers['x-session-api-key'] !== one.sessionKey) return json(401, { detail: 'Unauthorized' });
    return undashed(request.params['id'] ?? '') === one.id ? handle(one) : json(400, { detail: 'Unknown conversation' });
  };
  const stop = (kind: 'InterruptEvent' | 'PauseEvent') => (one: Conversation) => {
    one.interrupt(kind);
    return json(200, { success: true });
  };
  agent.standIn.routes.post(`${base}/interrupt`, (request) => enter(request, stop('InterruptEvent')));
  agent.standIn.routes.post(`${base}/pause`, (request) => enter(request, stop('PauseEvent')));
}
