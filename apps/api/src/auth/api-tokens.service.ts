import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { ApiToken, CreateApiToken, CreatedApiToken } from '@openhands-jira/contracts';
import { Repository } from 'typeorm';
import { Clock } from '../config/clock.js';
import { uuidv7 } from '../database/uuid.js';
import { newSecret, sha256 } from '../security/digest.js';
import { ApiTokenRow } from './api-token.entity.js';
import type { Account } from './sessions.service.js';

/** Every token begins with this, so that a leaked one can be recognised, by people and by secret scanners. */
export const API_TOKEN_PREFIX = 'ohj_';

/** `last_used_at` is written at most this often: it tells whether a token is in use, not when exactly. */
const LAST_USED_STEP = '5 minutes';
const DAY_MS = 24 * 3600 * 1000;

/** Tokens for automation. */
@Injectable()
export class ApiTokens {
  constructor(
    @InjectRepository(ApiTokenRow) private readonly tokens: Repository<ApiTokenRow>,
    private readonly clock: Clock,
  ) {}

  /** Makes a token. The answer holds it, and nothing else ever will. */
  async create(userId: string, { name, expiresInDays }: CreateApiToken): Promise<CreatedApiToken> {
    const id = uuidv7();
    const token = API_TOKEN_PREFIX + newSecret();
    const createdAt = this.clock.now();
    const expiresAt = expiresInDays === undefined ? null : new Date(createdAt.getTime() + expiresInDays * DAY_MS);
    await this.tokens.insert({ id, userId, name, tokenHash: sha256(token), createdAt, expiresAt });
    return { id, name, token };
  }

  /** The user's own tokens, newest first; expired ones stay listed until they are removed. */
  async list(userId: string): Promise<ApiToken[]> {
    const rows = await this.tokens.find({ where: { userId }, order: { id: 'DESC' } });
    return rows.map(({ id, name, createdAt, expiresAt, lastUsedAt }) => ({
      id, name, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null, lastUsedAt: lastUsedAt?.toISOString() ?? null,
    }));
  }

  /** Removes one of the user's own tokens; false when there is no such token of this user. */
  async remove(userId: string, id: string): Promise<boolean> {
    const { affected } = await this.tokens.delete({ id, userId });
    return affected === 1;
  }

  /** Whose token this is; null when it is unknown, expired or removed. Notes that it was used. */
  async find(token: string): Promise<Account | null> {
    if (!token.startsWith(API_TOKEN_PREFIX)) return null;
    const hash = sha256(token);
    const now = this.clock.now();
    const rows = await this.tokens.query<(Account & { stale: boolean })[]>(
      `SELECT u.id, u.email, u.email_verified AS "emailVerified",
              (t.last_used_at IS NULL OR t.last_used_at < $2::timestamptz - interval '${LAST_USED_STEP}') AS stale
       FROM api_tokens t JOIN users u ON u.id = t.user_id
       WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)`,
      [hash, now],
    );
    const [row] = rows;
    if (!row) return null;
    if (row.stale) await this.tokens.update({ tokenHash: hash }, { lastUsedAt: now });
    return { id: row.id, email: row.email, emailVerified: row.emailVerified };
  }
}
