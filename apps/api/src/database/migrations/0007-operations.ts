import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators see: which token of a service account ends or is refused, and to which trace a job belongs. */
export class Operations1790000000007 implements MigrationInterface {
  name = 'Operations1790000000007';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE connections DROP COLUMN service_account_rejected_at, DROP COLUMN service_account_asked_at, DROP COLUMN token_warned_for, DROP COLUMN token_warned_days`);
    await db.query('ALTER TABLE jobs DROP COLUMN traceparent');
  }
}

const STATEMENTS = [
  `ALTER TABLE connections
    -- Since when Jira refuses the service account; null while it does not.
    ADD COLUMN service_account_rejected_at timestamptz,
    -- When it was last asked whether it still refuses.
    ADD COLUMN service_account_asked_at timestamptz,
    -- The end of the token that was warned of, and the days before it at the latest warning.
    ADD COLUMN token_warned_for timestamptz,
    ADD COLUMN token_warned_days integer`,
  // W3C trace context of the delivery, only while traces are switched on.
  `ALTER TABLE jobs ADD COLUMN traceparent text`,
];
