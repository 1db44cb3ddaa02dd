import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every filter of the delivery log and of the list of jobs finds its page through an index that is sorted like the list, also
 * among a million rows.
 */
export class Lists1790000000006 implements MigrationInterface {
  name = 'Lists1790000000006';

  async up(db: QueryRunner): Promise<void> {
    for (const [name, place] of INDEXES) await db.query(`CREATE INDEX ${name} ON ${place}`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const [name] of INDEXES) await db.query(`DROP INDEX IF EXISTS ${name}`);
  }
}

const INDEXES = [
  ['deliveries_outcome', 'deliveries (outcome, id DESC)'],
  ['deliveries_reason', 'deliveries (reason, id DESC)'],
  ['deliveries_actor_name', 'deliveries (lower(actor_name), id DESC)'],
  ['deliveries_job', 'deliveries (job_id) WHERE job_id IS NOT NULL'],
  ['jobs_newest', 'jobs (connection_id, id DESC)'],
  ['jobs_user', 'jobs (user_id, id DESC)'],
  ['jobs_any_state', 'jobs (state, id DESC)'],
  ['jobs_issue_key', 'jobs (issue_key, id DESC)'],
  ['issue_writes_job', 'issue_writes (job_id) WHERE job_id IS NOT NULL'],
  ['issue_writes_delivery', 'issue_writes (delivery_id) WHERE delivery_id IS NOT NULL'],
  ['links_user', 'links (user_id)'],
] as const;
