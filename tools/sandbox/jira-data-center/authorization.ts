/**
 * The OAuth 2.0 provider of Jira Data Center (jira-api.md 3.2): `/rest/oauth2/latest/authorize` and `/token`. The token endpoint takes
 * forms only, codes live ten seconds, and a refresh needs the redirect_uri again.
 */
import type { TokenAnswer } from '../oauth-server.ts';
import { formBody, isForm, json, type Reply, type SandboxRequest } from '../routes.ts';
import { scopeRank, type Behaviour } from './behaviour.ts';
import type { JiraDataCenter } from './data-center.ts';

export function addAuthorizationRoutes(jira: JiraDataCenter): void {
  const path = `${jira.contextPath}/rest/oauth2/latest`;
  jira.standIn.routes
    .get(`${path}/authorize`, (request) => jira.consent.show(request))
    .post(`${path}/authorize`, (request) => jira.consent.decide(request))
    .post(`${path}/token`, (request) => token(jira, request));
}

/** Why Jira shows a page of its own: an address that is not registered must not get anything, not even an error. */
export function refuseAuthorization(behaviour: Behaviour, query: URLSearchParams): string | null {
  const redirectUri = query.get('redirect_uri');
  if (redirectUri === null) return 'redirect_uri is missing.';
  if (behaviour.redirectUri !== null && behaviour.redirectUri !== redirectUri) return 'redirect_uri is not the callback URL of the application link.';
  return null;
}

/** One scope of Data Center per request, within what the link allows. Those of Cloud are unknown here. */
export function authorizationError(behaviour: Behaviour, query: URLSearchParams): string | null {
  const rank = scopeRank(query.get('scope'));
  return rank < 0 || rank > scopeRank(behaviour.linkScope) ? 'invalid_scope' : null;
}

function token(jira: JiraDataCenter, request: SandboxRequest): Reply {
  // Real Jira reads the parameters of a form, finds none in JSON, and falls over.
  if (!isForm(request)) return json(500, { message: 'Internal server error', 'status-code': 500 });
  const form = formBody(request);
  if (!jira.oauth.knowsSecret(form.get('client_id'), form.get('client_secret'))) {
    return json(401, { error: 'invalid_client', error_description: 'Client authentication failed' });
  }
  const redirectUri = form.get('redirect_uri');
  switch (form.get('grant_type')) {
    case 'authorization_code':
      return tokenReply(jira.oauth.redeem({ code: form.get('code'), redirectUri, codeVerifier: form.get('code_verifier') }));
    case 'refresh_token':
      if (refuseAuthorization(jira.behaviour, form) !== null) return json(400, { error: 'invalid_grant', error_description: 'redirect_uri is missing or another one' });
      return tokenReply(jira.oauth.refresh(form.get('refresh_token')));
    default:
      return json(400, { error: 'unsupported_grant_type', error_description: 'grant_type is unknown' });
  }
}

function tokenReply(answer: TokenAnswer): Reply {
  if (!answer.ok) return json(400, { error: answer.error, error_description: answer.description });
  const { accessToken, refreshToken, expiresIn, scope } = answer.tokens;
  // The refresh token comes unasked: there is no `offline_access` here.
  return json(200, { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer', expires_in: expiresIn, scope }, { 'cache-control': 'no-store' });
}
