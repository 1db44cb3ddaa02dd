/**
 * A database for one test file: a copy of a migrated template on the PostgreSQL that the test command started.
 * `TEST_DATABASE_URL` names that server; tests never read `DATABASE_URL`.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../database/data-source.js';
import { prepareQueues } from '../queue/queue.service.js';

const TEMPLATE_LOCK = 7_301_446;

/** A fresh, migrated database. */
export interface TestDatabase {
  url: string;
  /** Removes it again. */
  drop(): Promise<void>;
}

/** Makes a database for this test file. Close every connection to it before `drop`. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('TEST_DATABASE_URL is not set. Run the tests with "npm test" or "node tools/run.mjs jest <file>", which start a database.');
  const template = await templateFor(server);
  const name = `t_${randomBytes(6).toString('hex')}`;
  await withAdmin(server, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`));
  return {
    url: urlOf(server, name),
    drop: async () => void (await withAdmin(server, (admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/** The migrated template, made once per run by whoever comes first. */
async function templateFor(server: string): Promise<string> {
  const name = `template_${process.env.TEST_RUN_ID ?? 'local'}`;
  await withAdmin(server, async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    try {
      const { rows } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [name]);
      if (rows.length > 0) return;
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${name}`);
      await migrate(urlOf(server, name));
      await prepareQueues(urlOf(server, name));
      await admin.query(`ALTER DATABASE ${name} IS_TEMPLATE true`);
    } finally {
      await admin.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
    }
  });
  return name;
}

async function withAdmin<T>(server: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.toString();
}
