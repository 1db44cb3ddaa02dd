/**
 * Proof that a person belongs to a Cloud site: Atlassian's OAuth 2.0 (3LO), read once.
 *
 * The token that comes back answers two questions (which sites are yours, who are you) and is dropped: comments are written
 * by the service account, so nothing of the person is kept but the account id and name. No PKCE, because Atlassian
 * documents none; the token request is JSON, which the usual OAuth libraries do not send.
 */
import { Injectable } from '@nestjs/common';
import { type Shape, shapeOf, shapesOf, textOf } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { type OutgoingAnswer, OutgoingHttp, OutgoingProblem } from '../http/outgoing.js';
import { newSecret } from '../security/digest.js';
import { type OAuthAttempt, OAuthAttempts, type OAuthPurpose } from '../security/oauth-attempts.service.js';

/** Who came back from Atlassian, or why nothing is proven. */
export type CloudProof =
  | { ok: true; accountId: string; displayName: string; cloudId: string }
  | { ok: false; result: 'wrong_site' | 'failed'; code: 'site_not_accessible' | 'code_refused' | 'atlassian_unreachable' | 'unexpected_answer' };

/** Below the public address of this service. */
export const CALLBACK_PATH = '/integration/jira/callback';
const SCOPES = 'read:me read:jira-work';
const PURPOSES: OAuthPurpose[] = ['jira-link', 'jira-configure', 'jira-edit'];

@Injectable()
export class CloudOAuth {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly config: AppConfig,
    private readonly attempts: OAuthAttempts,
  ) {}

  /** Begins a round trip and gives the address of Atlassian's consent page. */
  async begin(attempt: OAuthAttempt): Promise<string> {
    const { authUrl, clientId } = this.config.jiraCloud!;
    const state = await this.attempts.begin(attempt);
    const url = new URL(`${authUrl}/authorize`);
    url.search = new URLSearchParams({
      audience: 'api.atlassian.com', client_id: clientId, scope: SCOPES, redirect_uri: this.redirectUri, state, response_type: 'code', prompt: 'consent',
    }).toString();
    return url.toString();
  }

  /** The round trip that this state and browser belong to, once; null when there is none. */
  take(state: string, browser: string | undefined): Promise<OAuthAttempt | null> {
    return this.attempts.take(state, browser, PURPOSES);
  }

  /** Redeems the code and looks whether the person belongs to the site: by its id when that is known, else by its exact host. */
  async prove(code: string, site: string, cloudId: string | null): Promise<CloudProof> {
    try {
      const token = await this.redeem(code);
      if (token === null) return failed('code_refused');
      const [resources, me] = await Promise.all([this.read('/oauth/token/accessible-resources', token), this.read('/me', token)]);
      const resource = shapesOf(resources).find((one) => isSite(one, site, cloudId));
      const [accountId, siteId] = [textOf(shapeOf(me), 'account_id'), resource && textOf(resource, 'id')];
      if (!Array.isArray(resources) || !accountId) return failed('unexpected_answer');
      if (!siteId) return { ok: false, result: 'wrong_site', code: 'site_not_accessible' };
      return { ok: true, accountId, displayName: textOf(shapeOf(me), 'name') ?? accountId, cloudId: siteId };
    } catch (error) {
      if (error instanceof OutgoingProblem) return failed('atlassian_unreachable');
      throw error;
    }
  }

  /** The authorization server. */
  get server(): string {
    return this.config.jiraCloud!.authUrl;
  }

  /** Where Atlassian sends the browser back to; registered with the OAuth app. */
  get redirectUri(): string {
    return this.config.publicUrl + CALLBACK_PATH;
  }

  /**
   * Whether Atlassian knows our client, found out with a code that nobody was given: a known client hears `invalid_grant`. To an unknown one
   * Atlassian answers 401, with `access_denied` or `invalid_client`.
   */
  async tryClient(): Promise<'known' | 'refused' | 'unclear'> {
    try {
      const answer = await this.askForToken(newSecret());
      const error = textOf(shapeOf(answer.json()), 'error');
      if (error === 'invalid_grant') return 'known';
      return answer.status === 401 || error === 'invalid_client' || error === 'unauthorized_client' ? 'refused' : 'unclear';
    } catch (error) {
      if (error instanceof OutgoingProblem) return 'unclear';
      throw error;
    }
  }

  private async redeem(code: string): Promise<string | null> {
    const answer = await this.askForToken(code);
    return answer.status === 200 ? textOf(shapeOf(answer.json()), 'access_token') : null;
  }

  private askForToken(code: string): Promise<OutgoingAnswer> {
    const { authUrl, clientId, clientSecret } = this.config.jiraCloud!;
    return this.http.request({
      method: 'POST',
      url: `${authUrl}/oauth/token`,
      headers: { accept: 'application/json' },
      body: { grant_type: 'authorization_code', client_id: clientId, client_secret: clientSecret, code, redirect_uri: this.redirectUri },
      reach: 'configured',
    });
  }

  private async read(path: string, token: string): Promise<unknown> {
    const url = `${this.config.jiraCloud!.apiUrl}${path}`;
    const answer = await this.http.request({ method: 'GET', url, headers: { accept: 'application/json', authorization: `Bearer ${token}` }, reach: 'configured' });
    return answer.status === 200 ? answer.json() : undefined;
  }
}

function isSite(resource: Shape, site: string, cloudId: string | null): boolean {
  if (cloudId !== null) return textOf(resource, 'id') === cloudId;
  const url = textOf(resource, 'url') ?? '';
  return URL.canParse(url) && new URL(url).hostname.toLowerCase() === site;
}

function failed(code: 'code_refused' | 'atlassian_unreachable' | 'unexpected_answer'): CloudProof {
  return { ok: false, result: 'failed', code };
}
