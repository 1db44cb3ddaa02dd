import { Injectable } from '@nestjs/common';
import { Clock } from '../config/clock.js';
import { SecretBox } from '../security/secret-box.js';
import type { Identity } from './identity.entity.js';
import type { ProviderTokens } from './provider-oauth.service.js';

/** A token that lives shorter than this counts as expired: it still has to travel. */
const LEEWAY_MS = 60_000;
/** Assumed when a provider gives a refresh token but no lifetime: better refreshed too often than used too late. */
const UNKNOWN_LIFETIME_S = 15 * 60;

type TokenColumns = Pick<Identity, 'accessTokenSealed' | 'refreshTokenSealed' | 'accessTokenExpiresAt' | 'status'>;

/** How the tokens of an identity are kept: sealed, each for its own place. */
@Injectable()
export class IdentityTokens {
  constructor(
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** The columns that hold these tokens. A refresh answer without a new refresh token keeps `formerRefreshToken`. */
  columns(identityId: string, tokens: ProviderTokens, formerRefreshToken: string | null = null): TokenColumns {
    const refreshToken = tokens.refreshToken ?? formerRefreshToken;
    const lifetime = tokens.expiresInSeconds ?? (refreshToken === null ? null : UNKNOWN_LIFETIME_S);
    return {
      accessTokenSealed: this.box.seal(tokens.accessToken, placeOf(identityId, 'access_token')),
      refreshTokenSealed: refreshToken === null ? null : this.box.seal(refreshToken, placeOf(identityId, 'refresh_token')),
      accessTokenExpiresAt: lifetime === null ? null : new Date(this.clock.now().getTime() + lifetime * 1000),
      status: 'active',
    };
  }

  /** The access token, or null when it is (nearly) over. */
  freshAccessToken({ id, accessTokenSealed, accessTokenExpiresAt }: Identity): string | null {
    if (accessTokenSealed === null) return null;
    const fresh = accessTokenExpiresAt === null || accessTokenExpiresAt.getTime() - LEEWAY_MS > this.clock.now().getTime();
    return fresh ? this.box.open(accessTokenSealed, placeOf(id, 'access_token')) : null;
  }

  refreshToken({ id, refreshTokenSealed }: Identity): string | null {
    return refreshTokenSealed === null ? null : this.box.open(refreshTokenSealed, placeOf(id, 'refresh_token'));
  }
}

function placeOf(identityId: string, column: string): string {
  return `identities:${identityId}:${column}`;
}
