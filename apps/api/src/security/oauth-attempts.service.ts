import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { newSecret, sha256 } from './digest.js';
import { SecretBox } from './secret-box.js';

/** What an OAuth round trip is for. */
export type OAuthPurpose = 'sign-in' | 'jira-link' | 'jira-configure' | 'jira-edit';

/** One OAuth round trip that begins. */
export interface OAuthAttempt {
  purpose: OAuthPurpose;
  userId: string | null;
  connectionId: string | null;
  /** Kept sealed until the browser comes back: code verifier, return path, changed settings. */
  payload: Record<string, unknown>;
  /** The random value of this browser's `oauth_browser` cookie. */
  browser: string;
}

/** Name of the cookie that ties an attempt to one browser. */
export const OAUTH_BROWSER_COOKIE = 'oauth_browser';

const LIFETIME_MS = 10 * 60_000;

/**
 * OAuth round trips: a state of 256 bits that works once, within ten minutes, in the browser that began it.
 * The rows are in the database, so a callback may arrive at another replica.
 */
@Injectable()
export class OAuthAttempts {
  constructor(
    private readonly db: DataSource,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** Stores the attempt and gives its state. */
  async begin(attempt: OAuthAttempt): Promise<string> {
    const state = newSecret();
    const hash = sha256(state);
    const now = this.clock.now();
    await this.db.query(`DELETE FROM oauth_attempts WHERE expires_at < $1`, [now]);
    await this.db.query(
      `INSERT INTO oauth_attempts (state_hash, browser_hash, purpose, user_id, connection_id, payload_sealed, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [hash, sha256(attempt.browser), attempt.purpose, attempt.userId, attempt.connectionId,
        this.box.seal(JSON.stringify(attempt.payload), placeOf(hash)), new Date(now.getTime() + LIFETIME_MS)],
    );
    return state;
  }

  /**
   * Takes the attempt of a state, once. Null when the state is unknown, used, expired, made for another purpose or
   * brought by another browser; the reasons are not told apart, because an attacker would learn from them.
   */
  async take(state: string, browser: string | undefined, purposes: OAuthPurpose[]): Promise<OAuthAttempt | null> {
    if (!browser) return null;
    const hash = sha256(state);
    const [rows] = (await this.db.query(
      `DELETE FROM oauth_attempts WHERE state_hash = $1 AND browser_hash = $2 AND purpose = ANY($3)
       RETURNING purpose, user_id, connection_id, payload_sealed, expires_at`,
      [hash, sha256(browser), purposes],
    )) as [AttemptRow[], number];
    const row = rows[0];
    if (!row || row.expires_at <= this.clock.now()) return null;
    return {
      purpose: row.purpose,
      userId: row.user_id,
      connectionId: row.connection_id,
      payload: JSON.parse(this.box.open(row.payload_sealed, placeOf(hash))) as Record<string, unknown>,
      browser,
    };
  }
}

interface AttemptRow {
  purpose: OAuthPurpose;
  user_id: string | null;
  connection_id: string | null;
  payload_sealed: string;
  expires_at: Date;
}

function placeOf(hash: Buffer): string {
  return `oauth_attempts:${hash.toString('hex')}:payload`;
}
