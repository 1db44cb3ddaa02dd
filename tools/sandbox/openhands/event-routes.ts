/** Reading the events of a conversation (openhands-api.md 4): singular path, offset paging, string comparison of naive timestamps. */
import { json, type Reply, type SandboxRequest } from '../routes.ts';
import type { AgentCaller } from './accounts.ts';
import { undashed, type AgentEvent } from './conversation.ts';
import type { OpenHands } from './openhands.ts';

export function addEventRoutes(agent: OpenHands): void {
  agent.add('GET', '/api/v1/conversation/:id/events/search', (caller, request) => search(agent, caller, request));
  agent.add('GET', '/api/v1/conversation/:id/events/count', (caller, request) => json(200, eventsOf(agent, caller, request)?.length ?? 0));
}

/** Works for paused, missing and deleted conversations too. Unknown or foreign: none. Null: not an id at all. */
function eventsOf(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): AgentEvent[] | null {
  const id = undashed(request.params['id'] ?? '');
  if (id === null) return null;
  return agent.conversations.find((one) => one.id === id && one.userId === caller.user.id)?.readEvents() ?? [];
}

function search(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const { query } = request;
  const limit = Number(query.get('limit') ?? 100);
  if (!(limit >= 1 && limit <= 100)) return json(422, { detail: [{ loc: ['query', 'limit'], msg: 'Input should be 1 to 100', type: 'value_error' }] });
  const events = eventsOf(agent, caller, request);
  if (events === null) return { status: 500, headers: { 'content-type': 'text/plain' }, body: 'Internal Server Error' };
  const kind = query.get('kind__eq');
  const [from, until] = [query.get('timestamp__gte'), query.get('timestamp__lt')];
  const matching = events
    .filter((event) => kind === null || event.kind === kind)
    .filter((event) => (from === null || event.timestamp >= from) && (until === null || event.timestamp < until))
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
  if (query.get('sort_order') === 'TIMESTAMP_DESC') matching.reverse();
  const offset = Number(query.get('page_id') ?? 0);
  const next = offset + limit < matching.length ? String(offset + limit) : null;
  return json(200, { items: matching.slice(offset, offset + limit), next_page_id: next });
}
