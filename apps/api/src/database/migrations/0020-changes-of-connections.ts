import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One mark that is another one after each change of a connection that caches must see. A process that knows thousands of connections asks for this mark,
 * not for the version of each.
 *
 * It is in a row and not in a sequence, and it is replaced as the last thing before the commit: whoever sees the new mark also sees the
 * change, in whatever order transactions end, and nobody waits for a lock while holding that row. It is made by chance and not counted, because a
 * number comes again when a standby takes over that has not heard of the last changes. A transaction replaces it once, however many rows it changes.
 *
 * A later migration that changes versions of connections and then alters that table needs `SET CONSTRAINTS ALL IMMEDIATE` in between: PostgreSQL
 * alters no table for which such a trigger still has to run.
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
  `CREATE TABLE connection_changes (
     single boolean PRIMARY KEY DEFAULT true CHECK (single),
     mark uuid NOT NULL DEFAULT gen_random_uuid(),
     changed_by xid8
   )`,
  'INSERT INTO connection_changes DEFAULT VALUES',
  `CREATE FUNCTION mark_connection_change() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     UPDATE connection_changes SET mark = gen_random_uuid(), changed_by = pg_current_xact_id() WHERE changed_by IS DISTINCT FROM pg_current_xact_id();
     RETURN NULL;
   END $$`,
  `CREATE CONSTRAINT TRIGGER connection_changed AFTER UPDATE ON connections DEFERRABLE INITIALLY DEFERRED
   FOR EACH ROW WHEN (OLD.version IS DISTINCT FROM NEW.version) EXECUTE FUNCTION mark_connection_change()`,
  `CREATE CONSTRAINT TRIGGER connection_removed AFTER DELETE ON connections DEFERRABLE INITIALLY DEFERRED
   FOR EACH ROW EXECUTE FUNCTION mark_connection_change()`,
];

const DOWN = [
  'DROP TRIGGER connection_removed ON connections',
  'DROP TRIGGER connection_changed ON connections',
  'DROP FUNCTION mark_connection_change()',
  'DROP TABLE connection_changes',
];
