import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { uuidv7 } from './uuid.js';

/**
 * Work that one process at a time may do. Time is the database's, so that clocks of replicas may differ. A lease is not
 * given back: its end is also when the work is due again.
 */
@Injectable()
export class Leases {
  private readonly holder = uuidv7();

  constructor(private readonly db: DataSource) {}

  /** True when the work is due and now ours; for so many seconds nobody else gets it. */
  async take(name: string, seconds: number): Promise<boolean> {
    const rows = await this.db.query<unknown[]>(TAKE, [name, this.holder, seconds]);
    return rows.length > 0;
  }
}

const TAKE = `
  WITH taken AS (
    INSERT INTO leases (name, holder, until) VALUES ($1, $2, now() + $3::int * interval '1 second')
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE leases.until <= now()
    RETURNING name
  )
  SELECT name FROM taken`;
