import { Injectable, Logger } from '@nestjs/common';
import { type GitProvider, GitProviderUnreachable } from '../git-providers/git-provider.js';
import { GitProviders } from '../git-providers/git-providers.service.js';
import { type OAuthAttempt, OAuthAttempts } from '../security/oauth-attempts.service.js';
import { Identities } from './identities.service.js';
import { ProviderOAuth } from './provider-oauth.service.js';
import { safeReturnPath } from './return-path.js';

/** Why a sign-in did not succeed; the page shows a sentence for each (`/sign-in?error=`). */
export type SignInError = 'denied' | 'expired' | 'unreachable' | 'failed' | 'unknown_provider' | 'too_many_requests';

export type SignInResult = { kind: 'signed_in'; userId: string; returnTo: string } | { kind: 'failed'; error: SignInError; returnTo: string | null };

/** What a browser brings back from the provider. */
export interface Callback {
  providerId: string;
  query: URLSearchParams;
  /** Value of the `oauth_browser` cookie. */
  browser: string | undefined;
  /** Who is signed in in this browser now. */
  userId: string | null;
}

interface AttemptPayload {
  provider: string;
  codeVerifier: string;
  returnTo: string;
}

/** Signing in with a git provider: out to its consent page, and back. */
@Injectable()
export class SignIn {
  private readonly log = new Logger('sign-in');

  constructor(
    private readonly providers: GitProviders,
    private readonly oauth: ProviderOAuth,
    private readonly attempts: OAuthAttempts,
    private readonly identities: Identities,
  ) {}

  /** The consent page's address, or null when this provider is not configured. */
  async begin(providerId: string, { browser, userId, returnTo }: { browser: string; userId: string | null; returnTo: unknown }): Promise<string | null> {
    const provider = this.providers.byId(providerId);
    if (!provider) return null;
    const codeVerifier = this.oauth.newCodeVerifier();
    const payload: AttemptPayload = { provider: providerId, codeVerifier, returnTo: safeReturnPath(returnTo) };
    const state = await this.attempts.begin({ purpose: 'sign-in', userId, connectionId: null, payload: { ...payload }, browser });
    return this.oauth.authorizationUrl(provider, state, codeVerifier);
  }

  /** Ends the round trip. Every failure is a value: a person never lands on raw JSON. Both ends leave a line in the log, without names. */
  async finish(callback: Callback): Promise<SignInResult> {
    const result = await this.endOf(callback);
    const provider = this.providers.byId(callback.providerId)?.id ?? null;
    if (result.kind === 'signed_in') this.log.log({ provider, userId: result.userId }, 'A person signed in');
    else this.log.warn({ provider, reason: result.error }, 'A sign-in did not succeed');
    return result;
  }

  private async endOf(callback: Callback): Promise<SignInResult> {
    const provider = this.providers.byId(callback.providerId);
    if (!provider) return failed('unknown_provider');
    const state = callback.query.get('state') ?? '';
    const attempt = await this.attempts.take(state, callback.browser, ['sign-in']);
    const payload = attempt?.payload as AttemptPayload | undefined;
    if (!attempt || payload?.provider !== provider.id) return failed('expired');
    const refusal = callback.query.get('error');
    if (refusal !== null) return failed(refusal === 'access_denied' ? 'denied' : 'failed', payload);
    try {
      return await this.proveAccount(provider, callback, attempt, payload);
    } catch (error) {
      if (!(error instanceof GitProviderUnreachable)) throw error;
      this.log.warn(error.message);
      return failed('unreachable', payload);
    }
  }

  private async proveAccount(provider: GitProvider, callback: Callback, attempt: OAuthAttempt, payload: AttemptPayload): Promise<SignInResult> {
    const result = await this.oauth.exchange(provider, callback.query, callback.query.get('state')!, payload.codeVerifier);
    if (result.kind === 'rejected') return failed('expired', payload);
    const profile = await provider.profile(result.tokens.accessToken);
    if (!profile) return failed('failed', payload);
    // The account is added to a user only when the same user began the round trip and is still signed in.
    const addTo = attempt.userId !== null && attempt.userId === callback.userId ? attempt.userId : null;
    const userId = await this.identities.signIn({ provider, profile, tokens: result.tokens }, addTo);
    return { kind: 'signed_in', userId, returnTo: payload.returnTo };
  }
}

/** The page that was wanted stays known as long as the round trip is: another try leads there. */
function failed(error: SignInError, attempt?: AttemptPayload): SignInResult {
  return { kind: 'failed', error, returnTo: attempt?.returnTo ?? null };
}
