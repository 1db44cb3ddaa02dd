import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The jobs of an issue are found by `jobs_issue`. While the table has no statistics, PostgreSQL expects the same cost from `jobs_newest`, which goes
 * through all jobs of the connection, and of two indexes with one cost it takes the newer one. So `jobs_issue` becomes the newer one.
 */
export class JobsOfAnIssue1790000000017 implements MigrationInterface {
  name = 'JobsOfAnIssue1790000000017';

  async up(db: QueryRunner): Promise<void> {
    await makeAnew(db, 'jobs_issue', 'jobs (connection_id, issue_id, id DESC)');
  }

  async down(db: QueryRunner): Promise<void> {
    await makeAnew(db, 'jobs_newest', 'jobs (connection_id, id DESC)');
  }
}

async function makeAnew(db: QueryRunner, name: string, on: string): Promise<void> {
  await db.query(`DROP INDEX ${name}`);
  await db.query(`CREATE INDEX ${name} ON ${on}`);
}
