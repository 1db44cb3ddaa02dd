import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each delivery sets the time of the last one. With room on its page the new version of a row stays there, and no index has to be written. */
export class RoomBesideConnections1790000000018 implements MigrationInterface {
  name = 'RoomBesideConnections1790000000018';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE connections SET (fillfactor = 80)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE connections RESET (fillfactor)');
  }
}
