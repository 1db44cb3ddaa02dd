import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every way to a page of the lists walks an index: every filter of the delivery log and of the list of jobs has one that is sorted like its
 * list, so that a page is quick also among a million rows.
 */
export class Lists1790000000006 implements MigrationInterface {
  name = 'Lists1790000000006';

  async up(db: QueryRunner): Promise<void> {
    // Whose job a delivery is about, so that people find it without a walk through all of their jobs.
    await db.query('ALTER TABLE deliveries ADD COLUMN job_user_id uuid REFERENCES users ON DELETE SET NULL');
    await db.query('UPDATE deliveries d SET job_user_id = j.user_id FROM jobs j WHERE j.id = d.job_id');
    for (const [name, place] of INDEXES) await db.query(`CREATE INDEX ${name} ON ${place}`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const [name] of INDEXES) await db.query(`DROP INDEX IF EXISTS ${name}`);
    await db.query('ALTER TABLE deliveries DROP COLUMN job_user_id');
  }
}

const INDEXES = [
  ['deliveries_outcome', 'deliveries (outcome, id DESC)'],
  ['deliveries_reason', 'deliveries (reason, id DESC)'],
  ['deliveries_actor_name', 'deliveries (lower(actor_name), id DESC)'],
  ['deliveries_job_user', 'deliveries (job_user_id, id DESC) INCLUDE (connection_id, outcome, reason) WHERE job_user_id IS NOT NULL'],
  ['jobs_newest', 'jobs (connection_id, id DESC)'],
  ['jobs_user', 'jobs (user_id, id DESC)'],
  ['jobs_any_state', 'jobs (state, id DESC)'],
  ['jobs_issue_key', 'jobs (issue_key, id DESC)'],
  ['issue_writes_job', 'issue_writes (job_id) WHERE job_id IS NOT NULL'],
  ['issue_writes_delivery', 'issue_writes (delivery_id) WHERE delivery_id IS NOT NULL'],
  ['links_user', 'links (user_id)'],
] as const;
