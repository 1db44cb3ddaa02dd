import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Ids grow with time. In an index that is sorted downwards every new entry comes first, where PostgreSQL splits a full page in halves that are never filled
 * again; sorted upwards it comes last, and pages stay full. Read backwards such an index gives the newest just as well. And what is ignored, which is nearly
 * everything, needs no index for its outcome: its newest are among the newest of all.
 */
export class IndexesOfDeliveries1790000000019 implements MigrationInterface {
  name = 'IndexesOfDeliveries1790000000019';

  async up(db: QueryRunner): Promise<void> {
    for (const [name, place] of INDEXES) await makeAnew(db, name, place);
    await makeAnew(db, 'deliveries_outcome', `(outcome, id) WHERE outcome <> 'ignored'`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const [name, place] of INDEXES) await makeAnew(db, name, place.replace('id)', 'id DESC)'));
    await makeAnew(db, 'deliveries_outcome', '(outcome, id DESC)');
  }
}

const INDEXES = [
  ['deliveries_newest', '(connection_id, id)'],
  ['deliveries_issue', '(issue_key, id)'],
  ['deliveries_actor', '(connection_id, actor_id, id)'],
  ['deliveries_reason', '(reason, id)'],
  ['deliveries_actor_name', '(lower(actor_name), id)'],
] as const;

async function makeAnew(db: QueryRunner, name: string, place: string): Promise<void> {
  await db.query(`DROP INDEX ${name}`);
  await db.query(`CREATE INDEX ${name} ON deliveries ${place}`);
}
