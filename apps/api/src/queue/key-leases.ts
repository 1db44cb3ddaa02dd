import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** A key that is ours until we release it, or until we die and its time runs out. */
export interface KeyLease {
  name: string;
  holder: string;
}

/** Ours for this long without a renewal; then the process that held it counts as dead. By the clock of the database. */
const LEASE_SECONDS = 15;
const RENEW_MS = 5000;

const TAKE = `
  INSERT INTO leases (name, holder, until) VALUES ($1, $2, now() + make_interval(secs => $3))
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE leases.until < now()
  RETURNING name`;

/**
 * One entry per key at a time, over all processes. pg-boss has a policy for that (`singleton`), but under it one key with two
 * entries keeps all other keys waiting, because a fetch that meets the second entry gives nothing at all.
 */
export class KeyLeases {
  private readonly log = new Logger('queue');
  private readonly held = new Map<string, KeyLease>();
  /** By key: the end of the last one that waits for its turn in this process. */
  private readonly turns = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly db: DataSource) {}

  /** Runs the work when everything of this key that began before it in this process has ended: among ourselves nobody asks the database. */
  async inTurn(key: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.turns.get(key) ?? Promise.resolve()).then(work);
    const end = turn.catch(() => undefined);
    this.turns.set(key, end);
    try {
      await turn;
    } finally {
      if (this.turns.get(key) === end) this.turns.delete(key);
    }
  }

  /** Takes the key, or gives null when somebody else has it. */
  async take(key: string): Promise<KeyLease | null> {
    const lease = { name: `queue ${key}`, holder: randomUUID() };
    if (this.held.has(lease.name)) return null;
    const taken = await this.db.query<unknown[]>(TAKE, [lease.name, lease.holder, LEASE_SECONDS]);
    if (taken.length === 0) return null;
    this.held.set(lease.name, lease);
    this.timer ??= setInterval(() => void this.renew(), RENEW_MS).unref();
    return lease;
  }

  /** Gives the key back. When the database is away, its time runs out by itself. */
  async release(lease: KeyLease): Promise<void> {
    this.held.delete(lease.name);
    await this.db.query('DELETE FROM leases WHERE name = $1 AND holder = $2', [lease.name, lease.holder]).catch((error: unknown) => this.log.warn({ err: error }, 'A lease could not be released'));
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async renew(): Promise<void> {
    const leases = [...this.held.values()];
    if (leases.length === 0) return;
    await this.db
      .query(`UPDATE leases SET until = now() + make_interval(secs => $2) WHERE holder = ANY($1::uuid[])`, [leases.map((one) => one.holder), LEASE_SECONDS])
      .catch((error: unknown) => this.log.warn({ err: error }, 'Leases could not be renewed'));
  }
}
