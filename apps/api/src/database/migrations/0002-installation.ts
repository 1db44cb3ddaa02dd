import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What administrators set for the whole installation, and who did it when. */
export class Installation1790000000002 implements MigrationInterface {
  name = 'Installation1790000000002';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of ['audit_log', 'trusted_certificates', 'installation_settings']) await db.query(`DROP TABLE IF EXISTS ${table}`);
  }
}

const STATEMENTS = [
  // One row per setting that is set here. Either value or value_sealed is filled.
  `CREATE TABLE installation_settings (
    key text PRIMARY KEY,
    value text,
    value_sealed text,
    updated_at timestamptz NOT NULL,
    CHECK ((value IS NULL) <> (value_sealed IS NULL))
  )`,
  // Additional trusted CA certificates, in the order in which they were pasted.
  `CREATE TABLE trusted_certificates (
    fingerprint text PRIMARY KEY,
    position integer NOT NULL,
    pem text NOT NULL,
    added_at timestamptz NOT NULL
  )`,
  // Changes made by administrators. The name stays when the account goes.
  `CREATE TABLE audit_log (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    user_id uuid REFERENCES users ON DELETE SET NULL,
    who text NOT NULL,
    what text NOT NULL,
    changes jsonb NOT NULL
  )`,
];
