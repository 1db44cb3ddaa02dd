import { Injectable } from '@nestjs/common';
import * as oauth from 'openid-client';
import { AppConfig } from '../config/config.js';
import { type GitProvider, GitProviderUnreachable } from '../git-providers/git-provider.js';
import { type OutgoingAnswer, OutgoingHttp, OutgoingProblem } from '../http/outgoing.js';

/** Tokens as a provider gave them. */
export interface ProviderTokens {
  accessToken: string;
  /** Null when the provider gave none: then the access token lasts until it is revoked, or the person signs in again. */
  refreshToken: string | null;
  /** Seconds from now; null when the provider did not say. */
  expiresInSeconds: number | null;
}

/** `rejected`: the provider refuses this code or refresh token for good. */
export type TokenResult = { kind: 'ok'; tokens: ProviderTokens } | { kind: 'rejected' };

const TIMEOUT_MS = 15_000;

/** The OAuth 2.0 side of sign-in: authorization addresses, code exchange, refresh. */
@Injectable()
export class ProviderOAuth {
  constructor(
    private readonly config: AppConfig,
    private readonly http: OutgoingHttp,
  ) {}

  /** The redirect URI; the operator registers exactly this one at the provider. */
  callbackUrl(provider: GitProvider): string {
    return `${this.config.publicUrl}/auth/${provider.id}/callback`;
  }

  newCodeVerifier(): string {
    return oauth.randomPKCECodeVerifier();
  }

  /** Where the person gives consent. */
  async authorizationUrl(provider: GitProvider, state: string, codeVerifier: string): Promise<string> {
    const { scope, pkce } = provider.oauth;
    const url = oauth.buildAuthorizationUrl(this.clientFor(provider), {
      redirect_uri: this.callbackUrl(provider),
      state,
      ...(scope !== null && { scope }),
      ...(pkce && { code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier), code_challenge_method: 'S256' }),
    });
    return url.href;
  }

  /** Exchanges the code that came to the callback. Throws `GitProviderUnreachable`. */
  exchange(provider: GitProvider, query: URLSearchParams, state: string, codeVerifier: string): Promise<TokenResult> {
    const callback = new URL(`${this.callbackUrl(provider)}?${query.toString()}`);
    const checks = { expectedState: state, ...(provider.oauth.pkce && { pkceCodeVerifier: codeVerifier }) };
    return this.tokensOf(provider, oauth.authorizationCodeGrant(this.clientFor(provider), callback, checks));
  }

  /** New tokens for a refresh token. Throws `GitProviderUnreachable`, which says nothing about the refresh token. */
  refresh(provider: GitProvider, refreshToken: string): Promise<TokenResult> {
    // GitLab and the Atlassian Data Center products want the redirect URI again; the others do not mind.
    const parameters = { redirect_uri: this.callbackUrl(provider) };
    return this.tokensOf(provider, oauth.refreshTokenGrant(this.clientFor(provider), refreshToken, parameters));
  }

  private async tokensOf(provider: GitProvider, work: Promise<oauth.TokenEndpointResponse>): Promise<TokenResult> {
    try {
      const answer = await work;
      return { kind: 'ok', tokens: { accessToken: answer.access_token, refreshToken: answer.refresh_token ?? null, expiresInSeconds: answer.expires_in ?? null } };
    } catch (error) {
      if (error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant') return { kind: 'rejected' };
      if (error instanceof GitProviderUnreachable) throw error;
      // Wrong client, wrong form, foreign issuer: something is set up wrongly, and the person's grant may be fine.
      throw new GitProviderUnreachable(provider.host, error instanceof oauth.ResponseBodyError ? error.error : 'its answer was not in the form of OAuth 2.0');
    }
  }

  private clientFor(provider: GitProvider): oauth.Configuration {
    const { issuer, authorizationUrl, tokenUrl, clientAuthentication } = provider.oauth;
    const { clientId, clientSecret } = this.config.gitProviders.find((one) => one.id === provider.id)!;
    const server = { issuer, authorization_endpoint: authorizationUrl, token_endpoint: tokenUrl };
    const authentication = clientAuthentication === 'basic' ? oauth.ClientSecretBasic(clientSecret) : oauth.ClientSecretPost(clientSecret);
    const client = new oauth.Configuration(server, clientId, clientSecret, authentication);
    // The operator's choice: a provider in the own network may be configured with http.
    if (tokenUrl.startsWith('http:')) oauth.allowInsecureRequests(client);
    client[oauth.customFetch] = (url, options) => this.fetch(url, options);
    return client;
  }

  /** Lets the library speak through our own HTTP client: its time limits, certificates and "no redirects". */
  private async fetch(url: string, options: oauth.CustomFetchOptions): Promise<Response> {
    try {
      const answer = await this.http.request({
        method: options.method as 'POST', url, headers: options.headers, body: String(options.body ?? ''), timeoutMs: TIMEOUT_MS, reach: 'configured',
      });
      if (answer.status >= 500 || answer.status === 429) throw new GitProviderUnreachable(new URL(url).hostname, `HTTP ${answer.status}`);
      return toResponse(answer);
    } catch (error) {
      if (error instanceof OutgoingProblem) throw new GitProviderUnreachable(error.host, error.stage);
      throw error;
    }
  }
}

/** GitHub's words for what the standard calls `invalid_grant`. */
const GITHUB_ERRORS: Record<string, string> = { bad_verification_code: 'invalid_grant', bad_refresh_token: 'invalid_grant' };

/** GitHub tells errors of the token endpoint with status 200; they are turned into the form of the standard. */
function toResponse(answer: OutgoingAnswer): Response {
  const body = answer.json() as { error?: unknown } | null | undefined;
  const headers = { 'content-type': answer.headers['content-type'] ?? '' };
  if (answer.status === 200 && typeof body?.error === 'string') {
    return new Response(JSON.stringify({ error: GITHUB_ERRORS[body.error] ?? body.error }), { status: 400, headers });
  }
  return new Response(answer.text, { status: answer.status, headers });
}
