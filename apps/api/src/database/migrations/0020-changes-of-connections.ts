import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One number that grows with each change of a connection that caches must see. A process that knows thousands of connections asks for this number, not for
 * the version of each.
 *
 * The number is in a row and not in a sequence, and it grows as the last thing before the commit: whoever sees the new number also sees the
 * change, in whatever order transactions end, and nobody waits for a lock while holding that row.
 */
export class ChangesOfConnections1790000000025 implements MigrationInterface {
  name = 'ChangesOfConnections1790000000025';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of UP) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const statement of DOWN) await db.query(statement);
  }
}

const UP = [
  'CREATE TABLE connection_changes (single boolean PRIMARY KEY DEFAULT true CHECK (single), number bigint NOT NULL DEFAULT 0)',
  'INSERT INTO connection_changes DEFAULT VALUES',
  `CREATE FUNCTION count_connection_change() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     UPDATE connection_changes SET number = number + 1;
     RETURN NULL;
   END $$`,
  `CREATE CONSTRAINT TRIGGER connection_changed AFTER UPDATE ON connections DEFERRABLE INITIALLY DEFERRED
   FOR EACH ROW WHEN (OLD.version IS DISTINCT FROM NEW.version) EXECUTE FUNCTION count_connection_change()`,
  `CREATE CONSTRAINT TRIGGER connection_removed AFTER DELETE ON connections DEFERRABLE INITIALLY DEFERRED
   FOR EACH ROW EXECUTE FUNCTION count_connection_change()`,
];

const DOWN = [
  'DROP TRIGGER connection_removed ON connections',
  'DROP TRIGGER connection_changed ON connections',
  'DROP FUNCTION count_connection_change()',
  'DROP TABLE connection_changes',
];
