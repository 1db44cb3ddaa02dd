import { setTimeout } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { uuidv7 } from './uuid.js';

/** Longer than any outgoing call takes. When the process dies, another may begin after this time, by the database's clock. */
const LEASE_SECONDS = 30;
const LOOK_EVERY_MS = 100;

/**
 * Something that one process at a time may do for everybody, such as renewing a token that works once. Neither those who do it
 * nor those who wait hold a connection to the database meanwhile: a slow answer from outside must not use them up.
 */
export class SingleFlight {
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(private readonly db: DataSource) {}

  /**
   * Gives what `look` finds. As long as it finds nothing (undefined), one caller over all processes does `work`, and the others
   * look again. What `work` throws only its own callers get; the next one tries.
   */
  once<T>(name: string, look: () => Promise<T | undefined>, work: () => Promise<T>): Promise<T> {
    const running = this.underWay.get(name) as Promise<T> | undefined;
    if (running) return running;
    const flight = this.fly(name, look, work).finally(() => this.underWay.delete(name));
    this.underWay.set(name, flight);
    return flight;
  }

  private async fly<T>(name: string, look: () => Promise<T | undefined>, work: () => Promise<T>): Promise<T> {
    const holder = uuidv7();
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (await this.take(name, holder)) return this.workAlone(name, holder, look, work);
      await setTimeout(LOOK_EVERY_MS);
    }
  }

  private async workAlone<T>(name: string, holder: string, look: () => Promise<T | undefined>, work: () => Promise<T>): Promise<T> {
    try {
      // Somebody may have finished between our look and our lease.
      return (await look()) ?? (await work());
    } finally {
      await this.db.query('DELETE FROM leases WHERE name = $1 AND holder = $2', [name, holder]).catch(() => undefined);
    }
  }

  private async take(name: string, holder: string): Promise<boolean> {
    const rows = await this.db.query<unknown[]>(TAKE, [name, holder, LEASE_SECONDS]);
    return rows.length > 0;
  }
}

const TAKE = `
  WITH taken AS (
    INSERT INTO leases (name, holder, until) VALUES ($1, $2, now() + make_interval(secs => $3))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE leases.until < now()
    RETURNING name
  )
  SELECT name FROM taken`;
