import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links for Jira administrators who create the webhook for somebody else: the latest one of each connection. */
export class Delegations1790000000015 implements MigrationInterface {
  name = 'Delegations1790000000015';

  async up(db: QueryRunner): Promise<void> {
    await db.query(TABLE);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE delegations');
  }
}

const TABLE = `CREATE TABLE delegations (
  connection_id uuid PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  -- SHA-256 of what opens it; null once it was opened.
  token_hash bytea UNIQUE,
  -- Who made it; null: the administrator token.
  made_by uuid REFERENCES users ON DELETE CASCADE,
  -- Who owned the connection then: with another owner the link opens nothing.
  owner_id uuid,
  made_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  opened_at timestamptz
)`;
