/** Identity, settings and repositories as the agent sees them (openhands-api.md 1, 6). */
import { json, type Reply, type SandboxRequest } from '../routes.ts';
import type { AgentCaller } from './accounts.ts';
import type { AgentRepository, OpenHands } from './openhands.ts';

export function addGitRoutes(agent: OpenHands): void {
  agent.add('GET', '/api/keys/current', (caller) => json(200, currentKey(caller)));
  agent.add('GET', '/api/v1/settings', (caller) => json(200, settings(caller)));
  agent.add('GET', '/api/v1/users/me', (caller) => json(200, { ...settings(caller), id: caller.user.id, email: caller.user.email, org_id: caller.orgId, role: 'member' }));
  agent.add('GET', '/api/organizations', (caller) => json(200, { items: caller.user.orgIds.map((id) => ({ id, name: 'Sandbox' })), next_page_id: null, current_org_id: caller.orgId }));
  agent.add('GET', '/api/v1/git/repositories/search', (caller, request) => repositories(agent, caller, request));
  agent.add('GET', '/api/v1/git/branches/search', (caller, request) => branches(agent, caller, request));
  const open = agent.standIn.routes;
  open.get('/api/v1/web-client/config', () => json(200, { app_mode: 'saas', providers_configured: ['github', 'gitlab', 'bitbucket'], feature_flags: {}, maintenance_start_time: null }));
  for (const path of ['/alive', '/health', '/ready']) open.get(path, () => json(200, { status: 'ok' }));
}

function currentKey(caller: AgentCaller): Record<string, unknown> {
  const { key, orgId } = caller;
  return { id: key.id, name: key.name, org_id: orgId, bound_org_id: key.boundOrgId, user_id: key.userId, auth_type: 'bearer' };
}

function settings(caller: AgentCaller): Record<string, unknown> {
  return {
    provider_tokens_set: caller.user.providers,
    llm_api_key_set: true,
    llm_model: 'sandbox/model',
    conversation_settings: { max_iterations: 500, confirmation_mode: false },
  };
}

/** A fuzzy search: near misses come along, and the caller must compare names exactly. */
function repositories(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const provider = request.query.get('provider');
  if (provider === null) return json(422, { detail: [{ loc: ['query', 'provider'], msg: 'Field required', type: 'missing' }] });
  if (!(provider in caller.user.providers)) return json(403, { detail: `${provider} is not connected` });
  const query = (request.query.get('query') ?? '').toLowerCase();
  const words = query.split('/').filter((word) => word !== '');
  const hits = agent
    .repositoriesOf(caller)
    .filter((one) => one.provider === provider)
    .flatMap((one) => [one, nearMiss(one)])
    .filter((one) => words.some((word) => one.fullName.toLowerCase().includes(word)) || words.length === 0);
  return json(200, { items: hits.map(shape), next_page_id: null });
}

function nearMiss(repository: AgentRepository): AgentRepository {
  return { ...repository, id: `${repository.id}0`, fullName: `${repository.fullName}-legacy` };
}

function shape(one: AgentRepository): Record<string, unknown> {
  return { id: one.id, full_name: one.fullName, git_provider: one.provider, is_public: one.isPublic, main_branch: one.mainBranch, owner_type: 'organization', pushed_at: null, stargazers_count: 0 };
}

/** 200 = readable; 503 = no access or trouble at the provider, nobody can tell which. */
function branches(agent: OpenHands, caller: AgentCaller, request: SandboxRequest): Reply {
  const { query } = request;
  if (query.get('query') === null || query.get('repository') === null) return json(422, { detail: [{ loc: ['query'], msg: 'Field required', type: 'missing' }] });
  const wanted = query.get('repository')?.toLowerCase();
  const found = agent.repositoriesOf(caller).find((one) => one.fullName.toLowerCase() === wanted && one.provider === query.get('provider'));
  if (found === undefined) return json(503, { detail: 'The git provider did not answer' });
  const items = found.branches.filter((name) => name.includes(query.get('query') ?? ''));
  return json(200, { items: items.map((name) => ({ name, commit_sha: 'a'.repeat(40), protected: false, last_push_date: null })), next_page_id: null });
}
