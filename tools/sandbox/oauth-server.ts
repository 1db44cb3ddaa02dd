/**
 * The half of OAuth 2.0 that all imitated services share: one-time codes, access tokens, refresh tokens, PKCE. What differs between
 * them (paths, encodings, words of errors, whether refresh tokens rotate) is said by the options or done by the stand-in itself.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SandboxClock } from './clock.ts';

export interface OAuthOptions {
  clock: SandboxClock;
  clientId: string;
  clientSecret: string;
  /** Seconds until an access token dies; null = never. */
  accessTokenSeconds: number | null;
  /** Seconds until an authorization code dies. */
  codeSeconds: number;
  /** `none`: no refresh tokens; `kept`: the same one for ever; `rotating`: each refresh gives a new one. */
  refresh: 'none' | 'kept' | 'rotating';
  /** Seconds in which a rotated refresh token is still accepted (a client that lost the answer). */
  reuseSeconds?: number;
  /** Seconds until a refresh token dies; never when absent. */
  refreshTokenSeconds?: number;
  /** GitLab: a refresh also kills the old access token. */
  refreshEndsAccessToken?: boolean;
  /** Characters of a token; Bitbucket Cloud's are said to exceed 2,500. */
  tokenLength?: number;
}

/** Who a token speaks for, and what it may do. */
export interface Grant {
  subject: string;
  scope: string;
}

export interface Tokens extends Grant {
  accessToken: string;
  refreshToken: string | null;
  expiresIn: number | null;
}

export type TokenAnswer = { ok: true; tokens: Tokens } | { ok: false; error: string; description: string };

interface Code extends Grant {
  clientId: string;
  redirectUri: string | null;
  challenge: string | null;
  expires: number;
}

export interface CodeRequest extends Grant {
  redirectUri: string | null;
  codeChallenge?: string | null;
}

export class OAuthServer {
  readonly options: OAuthOptions;
  #codes = new Map<string, Code>();
  #access = new Map<string, Grant & { expires: number | null }>();
  #refresh = new Map<string, Grant & { accessToken: string; madeAt: number; usedAt: number | null }>();

  constructor(options: OAuthOptions) {
    this.options = options;
  }

  knowsClient(clientId: string | null): boolean {
    return clientId === this.options.clientId;
  }

  knowsSecret(clientId: string | null, clientSecret: string | null): boolean {
    return this.knowsClient(clientId) && clientSecret !== null && equal(clientSecret, this.options.clientSecret);
  }

  /** A code that can be redeemed once. */
  issueCode(request: CodeRequest): string {
    const code = randomBytes(16).toString('hex');
    const expires = this.options.clock.now() + this.options.codeSeconds * 1000;
    this.#codes.set(code, { ...request, clientId: this.options.clientId, challenge: request.codeChallenge ?? null, expires });
    return code;
  }

  /** Exchanges a code. A code is gone after the first try, whatever its outcome. */
  redeem(request: { code: string | null; redirectUri: string | null; codeVerifier: string | null }): TokenAnswer {
    const code = this.#codes.get(request.code ?? '');
    this.#codes.delete(request.code ?? '');
    if (code === undefined) return refuse('invalid_grant', 'The code is unknown or was used before');
    if (code.expires <= this.options.clock.now()) return refuse('invalid_grant', 'The code is too old');
    if (code.redirectUri !== null && code.redirectUri !== request.redirectUri) return refuse('invalid_grant', 'redirect_uri is another one');
    if (code.challenge !== null && code.challenge !== s256(request.codeVerifier)) return refuse('invalid_grant', 'code_verifier does not fit');
    return { ok: true, tokens: this.grant({ subject: code.subject, scope: code.scope }) };
  }

  /** New tokens for a refresh token, by the rules of the options. */
  refresh(refreshToken: string | null): TokenAnswer {
    const entry = this.#refresh.get(refreshToken ?? '');
    if (entry === undefined) return refuse('invalid_grant', 'The refresh token is unknown, ended or was used before');
    const now = this.options.clock.now();
    if (now - entry.madeAt >= (this.options.refreshTokenSeconds ?? Infinity) * 1000) return refuse('invalid_grant', 'The refresh token is too old');
    if (entry.usedAt !== null && now - entry.usedAt >= (this.options.reuseSeconds ?? 0) * 1000) {
      return refuse('invalid_grant', 'The refresh token was used before');
    }
    if (this.options.refreshEndsAccessToken === true) this.#access.delete(entry.accessToken);
    const grant = { subject: entry.subject, scope: entry.scope };
    if (this.options.refresh === 'kept') return { ok: true, tokens: { ...this.grant(grant, false), refreshToken } };
    entry.usedAt ??= now;
    return { ok: true, tokens: this.grant(grant) };
  }

  /** Tokens without a round trip: used after a code, and by tests that start with a signed-in person. */
  grant(grant: Grant, withRefresh = true): Tokens {
    const { accessTokenSeconds, clock, refresh } = this.options;
    const accessToken = this.#newToken();
    this.#access.set(accessToken, { ...grant, expires: accessTokenSeconds === null ? null : clock.now() + accessTokenSeconds * 1000 });
    const refreshToken = refresh === 'none' || !withRefresh ? null : this.#newToken();
    if (refreshToken !== null) this.#refresh.set(refreshToken, { ...grant, accessToken, madeAt: clock.now(), usedAt: null });
    return { ...grant, accessToken, refreshToken, expiresIn: accessTokenSeconds };
  }

  /** Whose access token this is; null when it is unknown or expired. */
  whoHas(accessToken: string | null): Grant | null {
    const entry = this.#access.get(accessToken ?? '');
    if (entry === undefined) return null;
    if (entry.expires !== null && entry.expires <= this.options.clock.now()) return null;
    return { subject: entry.subject, scope: entry.scope };
  }

  /** As if every person had taken the application's rights away. */
  revokeAll(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  /** As if the lifetime of all access tokens were over; refresh tokens live on. */
  expireAccessTokens(): void {
    this.#access.clear();
  }

  #newToken(): string {
    const length = this.options.tokenLength ?? 48;
    return randomBytes(Math.ceil(length / 2)).toString('hex').slice(0, length);
  }
}

/** The token of an `Authorization: Bearer` header. */
export function bearerToken(header: string | undefined): string | null {
  return /^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? null;
}

/** Name and password of an `Authorization: Basic` header. */
export function basicCredentials(header: string | undefined): { name: string; password: string } | null {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const [, name, password] = /^([^:]*):([\s\S]*)$/.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return name === undefined || password === undefined ? null : { name, password };
}

function refuse(error: string, description: string): TokenAnswer {
  return { ok: false, error, description };
}

function s256(verifier: string | null): string | null {
  return verifier === null ? null : createHash('sha256').update(verifier).digest('base64url');
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
