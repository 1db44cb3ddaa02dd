import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the health of a connection tells besides its tests: the last OAuth round trip that failed, and the loop test, which writes a comment
 * and waits for its delivery. And how somebody who asked without being linked stands here, as a state of its own.
 */
export class Health1790000000014 implements MigrationInterface {
  name = 'Health1790000000014';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE loop_tests');
    await db.query('DROP TABLE oauth_failures');
    await db.query('ALTER TABLE unlinked_accounts DROP COLUMN state');
  }
}

const STATEMENTS = [
  `ALTER TABLE unlinked_accounts ADD COLUMN state text NOT NULL DEFAULT 'not_linked'`,
  // Until now the words told it.
  `UPDATE unlinked_accounts SET state = CASE
     WHEN reason = 'user_no_account' THEN 'no_account'
     WHEN reason = 'user_email_hidden' OR detail LIKE '%Jira shows no e-mail address.' THEN 'email_hidden'
     WHEN reason = 'user_link_ambiguous' THEN 'ambiguous'
     WHEN reason = 'user_link_expired' THEN 'link_ended'
     WHEN detail LIKE '%somebody here has the e-mail address that Jira shows.' OR detail LIKE '%was matched by e-mail address,%' THEN 'would_match'
     ELSE 'not_linked' END`,
  // One row per connection: only the last one is told.
  `CREATE TABLE oauth_failures (
    connection_id uuid PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
    -- Our word for how it ended.
    code text NOT NULL,
    -- What the other side named as the error: a word of the OAuth standard, else 'other'. Null when it named none.
    error text,
    at timestamptz NOT NULL
  )`,
  // The latest one of each connection.
  `CREATE TABLE loop_tests (
    connection_id uuid PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
    -- Stands in the comment, and marks it as ours.
    id uuid NOT NULL,
    issue_key text NOT NULL,
    -- Null until it is written. Both stay null when it cannot be written.
    issue_id text,
    comment_id text,
    started_at timestamptz NOT NULL,
    -- Until then the delivery is waited for.
    waits_until timestamptz NOT NULL,
    arrived_at timestamptz,
    delivery_id uuid,
    -- How it ended; null while it is under way. And whether the comment is gone again.
    result text,
    comment_state text NOT NULL DEFAULT 'none',
    ended_at timestamptz
  )`,
];
