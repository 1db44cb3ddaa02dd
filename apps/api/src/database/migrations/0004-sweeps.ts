import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far each connection was searched for deliveries that never came. */
export class Sweeps1790000000004 implements MigrationInterface {
  name = 'Sweeps1790000000004';

  async up(db: QueryRunner): Promise<void> {
    // A row exists while its connection is active: what happens before or meanwhile is never looked for.
    await db.query(`CREATE TABLE sweeps (
      connection_id uuid PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
      swept_until timestamptz NOT NULL
    )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE IF EXISTS sweeps');
  }
}
