import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What several processes must agree on: which Jira wants no calls for a while, and how often an address did something this minute. */
export class PausesAndLimits1790000000008 implements MigrationInterface {
  name = 'PausesAndLimits1790000000008';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE minute_counts');
    await db.query('ALTER TABLE connections DROP COLUMN calls_paused_until, DROP COLUMN calls_paused_reason');
  }
}

const STATEMENTS = [
  `ALTER TABLE connections
    -- Until when nobody calls this Jira (it asked for that, or does not answer), by the database's clock.
    ADD COLUMN calls_paused_until timestamptz,
    -- The reason code of the refusal behind it.
    ADD COLUMN calls_paused_reason text`,
  // Losing counts in a crash does no harm, so no write-ahead log for them.
  `CREATE UNLOGGED TABLE minute_counts (
    name text NOT NULL,
    minute timestamptz NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (minute, name)
  )`,
];
