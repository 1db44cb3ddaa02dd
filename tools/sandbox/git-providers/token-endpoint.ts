/** The token endpoint as RFC 6749 has it: form fields, client by Basic header or by fields, two grants. The providers differ in the answer. */
import { basicCredentials, type OAuthServer, type TokenAnswer } from '../oauth-server.ts';
import { formBody, isForm, json, objectBody, type Reply, type SandboxRequest } from '../routes.ts';

export interface TokenRules {
  /** Whether a JSON body is read too (GitHub, GitLab). */
  acceptsJson?: boolean;
  /** Whether a refresh must repeat the redirect URI (Atlassian Data Center products). */
  refreshNeedsRedirectUri?: boolean;
}

/** The fields of a token request, wherever they are. */
export function tokenFields(request: SandboxRequest, rules: TokenRules): (name: string) => string | null {
  const form = formBody(request);
  const object = rules.acceptsJson === true && !isForm(request) ? objectBody(request) : {};
  return (name) => {
    const value = object[name];
    return typeof value === 'string' ? value : form.get(name);
  };
}

/** Tokens for a request, or the refusal in the words of the RFC. */
export function redeem(request: SandboxRequest, oauth: OAuthServer, rules: TokenRules = {}): TokenAnswer {
  const field = tokenFields(request, rules);
  const basic = basicCredentials(request.headers.authorization);
  const name = basic === null ? field('client_id') : decodeURIComponent(basic.name);
  const password = basic === null ? field('client_secret') : decodeURIComponent(basic.password);
  if (!oauth.knowsSecret(name, password)) return { ok: false, error: 'invalid_client', description: 'Client authentication failed' };
  if (field('grant_type') === 'refresh_token') {
    if (rules.refreshNeedsRedirectUri === true && field('redirect_uri') === null) return { ok: false, error: 'invalid_grant', description: 'redirect_uri is missing' };
    return oauth.refresh(field('refresh_token'));
  }
  if (field('grant_type') !== 'authorization_code') return { ok: false, error: 'unsupported_grant_type', description: 'grant_type is unknown' };
  return oauth.redeem({ code: field('code'), redirectUri: field('redirect_uri'), codeVerifier: field('code_verifier') });
}

/** The usual error: 400, or 401 for a wrong client. */
export function tokenError(answer: Extract<TokenAnswer, { ok: false }>): Reply {
  return json(answer.error === 'invalid_client' ? 401 : 400, { error: answer.error, error_description: answer.description });
}
