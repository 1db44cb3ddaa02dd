import { Injectable } from '@nestjs/common';
import { Clock } from '../config/clock.js';
import { SecretBox } from '../security/secret-box.js';
import type { LinkEntity } from './link.entity.js';

/** Tokens of a person at a Jira, as its OAuth provider gave them. */
export interface JiraTokens {
  accessToken: string;
  refreshToken: string | null;
  /** Seconds from now; null when the provider did not say. */
  expiresInSeconds: number | null;
}

/** A token that lives shorter than this counts as expired: it still has to travel. */
const LEEWAY_MS = 60_000;

type TokenColumns = Pick<LinkEntity, 'accessTokenSealed' | 'refreshTokenSealed' | 'accessTokenExpiresAt'>;

/** How the tokens of a link are kept: sealed, each for its own place. */
@Injectable()
export class LinkTokens {
  constructor(
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** The columns that hold these tokens. An unknown lifetime counts as over: better refreshed too often than used too late. */
  columns(linkId: string, { accessToken, refreshToken, expiresInSeconds }: JiraTokens): TokenColumns {
    return {
      accessTokenSealed: this.box.seal(accessToken, placeOf(linkId, 'access_token')),
      refreshTokenSealed: refreshToken === null ? null : this.box.seal(refreshToken, placeOf(linkId, 'refresh_token')),
      accessTokenExpiresAt: new Date(this.clock.now().getTime() + (expiresInSeconds ?? 0) * 1000),
    };
  }

  /** True while the access token is good for some time yet. */
  isFresh({ accessTokenExpiresAt }: LinkEntity): boolean {
    return accessTokenExpiresAt !== null && accessTokenExpiresAt.getTime() - LEEWAY_MS > this.clock.now().getTime();
  }

  accessToken({ id, accessTokenSealed }: LinkEntity): string | null {
    return accessTokenSealed === null ? null : this.box.open(accessTokenSealed, placeOf(id, 'access_token'));
  }

  refreshToken({ id, refreshTokenSealed }: LinkEntity): string | null {
    return refreshTokenSealed === null ? null : this.box.open(refreshTokenSealed, placeOf(id, 'refresh_token'));
  }
}

function placeOf(linkId: string, column: string): string {
  return `links:${linkId}:${column}`;
}
