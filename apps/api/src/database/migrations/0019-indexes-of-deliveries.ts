import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Ids grow with time. In an index that is sorted downwards every new entry comes first, where PostgreSQL splits a full page in halves that are never filled
 * again; sorted upwards it comes last, and pages stay full. Read backwards such an index gives the newest just as well. And what is ignored, which is nearly
 * everything, needs no index for its outcome: its newest are among the newest of all.
 *
 * Each index is a migration of its own: nobody can write to the table while one is made, so it is free again after each.
 */
export const INDEXES_OF_DELIVERIES = [
  madeAnew('DeliveriesNewest1790000000019', 'deliveries_newest', '(connection_id, id)', '(connection_id, id DESC)'),
  madeAnew('DeliveriesIssue1790000000020', 'deliveries_issue', '(issue_key, id)', '(issue_key, id DESC)'),
  madeAnew('DeliveriesActor1790000000021', 'deliveries_actor', '(connection_id, actor_id, id)', '(connection_id, actor_id, id DESC)'),
  madeAnew('DeliveriesReason1790000000022', 'deliveries_reason', '(reason, id)', '(reason, id DESC)'),
  madeAnew('DeliveriesActorName1790000000023', 'deliveries_actor_name', '(lower(actor_name), id)', '(lower(actor_name), id DESC)'),
  madeAnew('DeliveriesOutcome1790000000024', 'deliveries_outcome', `(outcome, id) WHERE outcome <> 'ignored'`, '(outcome, id DESC)'),
];

function madeAnew(name: string, index: string, now: string, before: string): new () => MigrationInterface {
  const make = async (db: QueryRunner, place: string): Promise<void> => {
    await db.query(`DROP INDEX ${index}`);
    await db.query(`CREATE INDEX ${index} ON deliveries ${place}`);
  };
  return class implements MigrationInterface {
    readonly name = name;
    up = (db: QueryRunner): Promise<void> => make(db, now);
    down = (db: QueryRunner): Promise<void> => make(db, before);
  };
}
