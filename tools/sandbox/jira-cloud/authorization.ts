/**
 * Atlassian's authorization server and the two endpoints that tell whose token one holds (jira-api.md 2.1):
 * `auth.atlassian.com/authorize` and `/oauth/token`, `api.atlassian.com/oauth/token/accessible-resources` and `/me`.
 */
import type { Consent } from '../consent.ts';
import type { Person } from '../jira-model.ts';
import { bearerToken, type Grant, type OAuthServer, type TokenAnswer } from '../oauth-server.ts';
import { json, objectBody, type Reply, type Routes, type SandboxRequest } from '../routes.ts';
import type { CloudSite } from './site.ts';

export interface AuthorizationParts {
  oauth: OAuthServer;
  consent: Consent;
  findPerson: (accountId: string) => Person | undefined;
  /** Which sites an account belongs to. */
  sitesOf: (accountId: string) => CloudSite[];
}

export function addAuthorizationRoutes(routes: Routes, parts: AuthorizationParts): void {
  routes.get('/authorize', (request) => parts.consent.show(request));
  routes.post('/authorize', (request) => parts.consent.decide(request));
  routes.post('/oauth/token', (request) => token(request, parts.oauth));
  routes.get('/oauth/token/accessible-resources', (request) => accessibleResources(request, parts));
  routes.get('/me', (request) => me(request, parts));
}

/** Why Atlassian shows an error page instead of the consent page. */
export function refuseAuthorization(query: URLSearchParams): string | null {
  if (query.get('audience') !== 'api.atlassian.com') return 'audience must be api.atlassian.com.';
  if (query.get('redirect_uri') === null) return 'redirect_uri is missing.';
  if (query.get('state') === null) return 'state is missing.';
  return query.get('scope') === null ? 'scope is missing.' : null;
}

function token(request: SandboxRequest, oauth: OAuthServer): Reply {
  const body = objectBody(request);
  const field = (name: string): string | null => (typeof body[name] === 'string' ? (body[name] as string) : null);
  if (!oauth.knowsSecret(field('client_id'), field('client_secret'))) {
    return json(401, { error: 'access_denied', error_description: 'Unauthorized' });
  }
  if (field('grant_type') === 'authorization_code') {
    return tokenReply(oauth.redeem({ code: field('code'), redirectUri: field('redirect_uri'), codeVerifier: field('code_verifier') }));
  }
  if (field('grant_type') === 'refresh_token') return tokenReply(oauth.refresh(field('refresh_token')));
  return json(400, { error: 'unsupported_grant_type', error_description: 'grant_type is unknown' });
}

function tokenReply(answer: TokenAnswer): Reply {
  // Documented: a refresh token that ended is a 403; a used code too.
  if (!answer.ok) return json(403, { error: answer.error, error_description: answer.description });
  const { tokens } = answer;
  const body: Record<string, unknown> = {
    access_token: tokens.accessToken,
    expires_in: tokens.expiresIn,
    scope: tokens.scope,
    token_type: 'Bearer',
  };
  // A refresh token comes only with the scope `offline_access`.
  if (hasScope(tokens, 'offline_access')) body['refresh_token'] = tokens.refreshToken;
  return json(200, body);
}

function accessibleResources(request: SandboxRequest, parts: AuthorizationParts): Reply {
  const grant = parts.oauth.whoHas(bearerToken(request.headers.authorization));
  if (grant === null) return unauthorized();
  const scopes = grant.scope.split(' ').filter((scope) => scope.endsWith(':jira-work') || scope.endsWith(':jira-user'));
  const resources = parts.sitesOf(grant.subject).map((site) => ({
    id: site.cloudId,
    url: site.url,
    name: site.name,
    scopes,
    avatarUrl: `${site.url}/avatar/240.png`,
  }));
  return json(200, scopes.length === 0 ? [] : resources);
}

function me(request: SandboxRequest, parts: AuthorizationParts): Reply {
  const grant = parts.oauth.whoHas(bearerToken(request.headers.authorization));
  const person = grant === null ? undefined : parts.findPerson(grant.subject);
  if (grant === null || person === undefined) return unauthorized();
  if (!hasScope(grant, 'read:me')) return json(403, { code: 403, message: 'Forbidden: scope read:me is missing' });
  return json(200, {
    account_id: person.accountId,
    account_type: person.accountType,
    account_status: 'active',
    email: person.emailAddress,
    email_verified: true,
    name: person.displayName,
    nickname: person.name,
    picture: 'https://avatars.example.com/48.png',
    zoneinfo: 'Europe/Berlin',
    locale: 'en-US',
  });
}

function hasScope(grant: Grant, scope: string): boolean {
  return grant.scope.split(' ').includes(scope);
}

function unauthorized(): Reply {
  return json(401, { code: 401, message: 'Unauthorized' });
}
