import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the owner of a connection decides: projects, default repositories, who may ask. In the row itself, because each delivery needs it with the row. */
export class Rules1790000000009 implements MigrationInterface {
  name = 'Rules1790000000009';

  async up(db: QueryRunner): Promise<void> {
    // Null: nobody has decided anything, so the defaults of the contract hold.
    await db.query('ALTER TABLE connections ADD COLUMN rules jsonb');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE connections DROP COLUMN rules');
  }
}
