import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often each comment was edited in Jira: the number of edits is limited. */
export class CommentEdits1790000000005 implements MigrationInterface {
  name = 'CommentEdits1790000000005';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE issue_writes ADD COLUMN edits integer NOT NULL DEFAULT 0');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE issue_writes DROP COLUMN edits');
  }
}
