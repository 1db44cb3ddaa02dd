/** What the page asks the server about the caller's own account. */
import { AgentKeyState, ApiToken, type CreateApiToken, CreatedApiToken, page } from '@openhands-jira/contracts';
import { queryOptions } from '@tanstack/react-query';
import { request, tell } from '../../lib/api.js';

const TOKENS = '/api/v1/me/api-tokens';

/** The caller's API tokens, without the tokens themselves. */
export const apiTokensQuery = queryOptions({
  queryKey: ['api-tokens'],
  queryFn: ({ signal }) => request(TOKENS, page(ApiToken), { signal }),
});

/** Makes a token. The answer holds it this once; it must not be cached. */
export function createApiToken(token: CreateApiToken): Promise<CreatedApiToken> {
  return request(TOKENS, CreatedApiToken, { method: 'POST', body: token });
}

export function deleteApiToken(id: string): Promise<void> {
  return tell(`${TOKENS}/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** Sets the caller's own OpenHands key, or removes it with null. */
export function setAgentKey(apiKey: string | null): Promise<AgentKeyState> {
  return request('/api/v1/me/agent', AgentKeyState, { method: 'PUT', body: { apiKey } });
}
