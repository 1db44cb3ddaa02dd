import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the tests of connections found, one row per connection and day, so that the history of a connection is a handful of rows. */
export class ConnectionTests1790000000012 implements MigrationInterface {
  name = 'ConnectionTests1790000000012';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE connection_tests');
  }
}

const STATEMENTS = [
  `CREATE TABLE connection_tests (
    connection_id uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
    -- In UTC.
    day date NOT NULL,
    -- The latest test of the day: when, all that it found, and the checks that failed in it.
    tested_at timestamptz NOT NULL,
    items jsonb NOT NULL,
    failing text[] NOT NULL,
    -- The checks that failed in any test of the day.
    failed text[] NOT NULL,
    PRIMARY KEY (connection_id, day)
  )`,
  `CREATE INDEX connection_tests_day ON connection_tests (day)`,
];
