/**
 * The OAuth 2.0 provider of Jira Data Center (8.22 or later), below `/rest/oauth2/latest`.
 *
 * Requests are form-encoded (JSON gives a 500), with PKCE and exactly one scope. A code lives about ten seconds, so it is
 * exchanged at once. Unlike elsewhere a refresh needs the `redirect_uri` again, and refresh tokens work once.
 */
import { Injectable } from '@nestjs/common';
import { JiraProblem } from '@openhands-jira/domain';
import * as oauth from 'openid-client';
import { AppConfig } from '../config/config.js';
import type { JiraTokens } from '../connections/link-tokens.service.js';
import { OutgoingHttp, OutgoingProblem } from '../http/outgoing.js';
import { isWebPage } from '../http/web-page.js';
import { type OAuthAttempt, OAuthAttempts } from '../security/oauth-attempts.service.js';
import { type DataCenterAccount, ownAccount } from './jira-data-center.account.js';
import { DataCenterServers } from './jira-data-center.server.js';
import type { ReadyDataCenter } from './jira-data-center.setup.js';
import { CALLBACK_PATH } from './jira-data-center.site.js';

/** A person in a browser. */
export interface Visitor {
  userId: string;
  /** Value of the cookie that ties an OAuth round trip to this browser. */
  browser: string;
}

/** Who came back from Jira, or why nothing is proven. */
export type DataCenterProof =
  | { ok: true; account: DataCenterAccount; tokens: JiraTokens }
  | { ok: false; code: 'code_refused' | 'client_refused' | 'jira_unreachable' | 'tls_untrusted' | 'unexpected_answer' };

/** `rejected`: Jira refuses this refresh token for good. */
export type RefreshResult = { kind: 'ok'; tokens: JiraTokens } | { kind: 'rejected' };

const SCOPE = 'WRITE';
const TIMEOUT_MS = 15_000;

@Injectable()
export class DataCenterOAuth {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly servers: DataCenterServers,
    private readonly config: AppConfig,
    private readonly attempts: OAuthAttempts,
  ) {}

  /** Begins a round trip of a person in a browser, and gives the address of Jira's consent page. */
  async begin(settings: ReadyDataCenter, connectionId: string, { userId, browser }: Visitor): Promise<string> {
    const codeVerifier = oauth.randomPKCECodeVerifier();
    const state = await this.attempts.begin({ purpose: 'jira-link', userId, connectionId, payload: { codeVerifier, baseUrl: settings.baseUrl }, browser });
    const code_challenge = await oauth.calculatePKCECodeChallenge(codeVerifier);
    return oauth.buildAuthorizationUrl(this.clientFor(settings), { redirect_uri: this.redirectUri, scope: SCOPE, state, code_challenge, code_challenge_method: 'S256' }).href;
  }

  /** The round trip that this state and browser belong to, once; null when there is none. */
  take(state: string, browser: string | undefined): Promise<OAuthAttempt | null> {
    return this.attempts.take(state, browser, ['jira-link']);
  }

  /** Redeems the code and asks Jira whose tokens these are. */
  async prove(settings: ReadyDataCenter, code: string, codeVerifier: string): Promise<DataCenterProof> {
    const callback = new URL(`${this.redirectUri}?${new URLSearchParams({ code }).toString()}`);
    try {
      const tokens = tokensOf(await oauth.authorizationCodeGrant(this.clientFor(settings), callback, { pkceCodeVerifier: codeVerifier }));
      const account = await ownAccount(this.servers.open({ baseUrl: settings.baseUrl, token: tokens.accessToken, whose: 'the person' }));
      return { ok: true, account, tokens };
    } catch (error) {
      return { ok: false, code: failureOf(error) };
    }
  }

  /** New tokens for a refresh token. Throws `JiraProblem` when Jira cannot be asked, which says nothing about the token. */
  async refresh(settings: ReadyDataCenter, refreshToken: string): Promise<RefreshResult> {
    try {
      const answer = await oauth.refreshTokenGrant(this.clientFor(settings), refreshToken, { redirect_uri: this.redirectUri });
      return { kind: 'ok', tokens: tokensOf(answer) };
    } catch (error) {
      if (failureOf(error) === 'code_refused') return { kind: 'rejected' };
      throw new JiraProblem('jira_unreachable', 'Jira did not renew the authorisation of a person.');
    }
  }

  /** Where Jira sends the browser back to; entered in the incoming application link exactly so. */
  get redirectUri(): string {
    return this.config.publicUrl + CALLBACK_PATH;
  }

  private clientFor({ baseUrl, oauth: client }: ReadyDataCenter): oauth.Configuration {
    const { clientId, clientSecret } = client!;
    const endpoint = `${baseUrl}/rest/oauth2/latest`;
    const server = { issuer: baseUrl, authorization_endpoint: `${endpoint}/authorize`, token_endpoint: `${endpoint}/token` };
    const configuration = new oauth.Configuration(server, clientId, clientSecret, oauth.ClientSecretPost(clientSecret));
    // The administrator's choice, checked where the setting is made.
    if (baseUrl.startsWith('http:')) oauth.allowInsecureRequests(configuration);
    configuration[oauth.customFetch] = (url, options) => this.fetch(url, options);
    return configuration;
  }

  /** Lets the library speak through our own HTTP client: its time limits, certificates and "no redirects". */
  private async fetch(url: string, options: oauth.CustomFetchOptions): Promise<Response> {
    const answer = await this.http.request({ method: options.method as 'POST', url, headers: options.headers, body: String(options.body ?? ''), timeoutMs: TIMEOUT_MS, reach: 'organisation' });
    if (answer.status >= 500 || answer.status === 429 || isWebPage(answer)) throw new JiraProblem('jira_unreachable', `Jira answered with ${answer.status}.`, null, answer.status);
    return new Response(answer.text, { status: answer.status, headers: { 'content-type': answer.headers['content-type'] ?? '' } });
  }
}

function tokensOf(answer: oauth.TokenEndpointResponse): JiraTokens {
  return { accessToken: answer.access_token, refreshToken: answer.refresh_token ?? null, expiresInSeconds: answer.expires_in ?? null };
}

/** Refused codes and refused clients are told apart: one is tried again, the other needs an administrator. */
function failureOf(failure: unknown): (DataCenterProof & { ok: false })['code'] {
  // The library wraps what our own HTTP client throws.
  const error = failure instanceof oauth.ClientError && failure.cause instanceof Error ? failure.cause : failure;
  if (error instanceof OutgoingProblem) return error.stage === 'tls' ? 'tls_untrusted' : 'jira_unreachable';
  if (error instanceof JiraProblem) return error.code === 'jira_unreachable' ? 'jira_unreachable' : 'unexpected_answer';
  if (!(error instanceof oauth.ResponseBodyError)) return 'unexpected_answer';
  if (error.error === 'invalid_grant') return 'code_refused';
  return error.error === 'invalid_client' || error.error === 'unauthorized_client' ? 'client_refused' : 'unexpected_answer';
}
