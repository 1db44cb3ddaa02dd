import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the payloads that are still kept, without walking through the whole log of deliveries each hour. */
export class Retention1790000000003 implements MigrationInterface {
  name = 'Retention1790000000003';

  async up(db: QueryRunner): Promise<void> {
    await db.query('CREATE INDEX deliveries_with_payload ON deliveries (id) WHERE body IS NOT NULL');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX IF EXISTS deliveries_with_payload');
  }
}
