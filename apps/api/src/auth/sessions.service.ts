import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { newSecret, sha256 } from '../security/digest.js';

/** How long a session lasts, in seconds: thirty days. */
export const SESSION_SECONDS = 30 * 24 * 3600;

/** What the guard needs to know about the person behind a cookie or a token. */
export interface Account {
  id: string;
  email: string | null;
  emailVerified: boolean;
}

/** Sessions of browsers, as rows. The cookie holds 256 random bits, the row only their hash. */
@Injectable()
export class Sessions {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Begins a session and gives the value of its cookie. It is always a new one, so nobody can plant a known value beforehand. */
  async begin(userId: string): Promise<string> {
    const token = newSecret();
    const now = this.clock.now();
    await this.db.query(`DELETE FROM sessions WHERE expires_at < $1`, [now]);
    await this.db.query(`INSERT INTO sessions (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)`, [
      sha256(token), userId, now, new Date(now.getTime() + SESSION_SECONDS * 1000),
    ]);
    return token;
  }

  /** Whose session this is; null when it is unknown, over, or signed out. */
  async find(token: string): Promise<Account | null> {
    const rows = await this.db.query<Account[]>(
      `SELECT u.id, u.email, u.email_verified AS "emailVerified"
       FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > $2`,
      [sha256(token), this.clock.now()],
    );
    return rows[0] ?? null;
  }

  /** Ends the session. An unknown one is no error. */
  async end(token: string): Promise<void> {
    await this.db.query(`DELETE FROM sessions WHERE token_hash = $1`, [sha256(token)]);
  }
}
