import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every step of a job wrote into ten indexes. Two of them are not needed: the lists of running and waiting jobs are read by
 * `jobs_any_state`, those of a person by `jobs_user`. And pages are left with room, so that a change which touches no index stays on its page.
 */
export class FewerIndexes1790000000016 implements MigrationInterface {
  name = 'FewerIndexes1790000000016';

  async up(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX jobs_state, jobs_active_user');
    for (const table of CHANGED_OFTEN) await db.query(`ALTER TABLE ${table} SET (fillfactor = 80)`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of CHANGED_OFTEN) await db.query(`ALTER TABLE ${table} RESET (fillfactor)`);
    await db.query(`CREATE INDEX jobs_active_user ON jobs (user_id) WHERE state IN ('queued', 'starting', 'running')`);
    await db.query(`CREATE INDEX jobs_state ON jobs (state, id) WHERE state IN ('queued', 'starting', 'running')`);
  }
}

const CHANGED_OFTEN = ['jobs', 'issue_writes', 'job_runs'];
