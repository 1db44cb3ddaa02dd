import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type DataSourceOptions, MigrationExecutor, type MigrationInterface } from 'typeorm';
import { Initial1790000000001 } from './migrations/0001-initial.js';
import { Installation1790000000002 } from './migrations/0002-installation.js';
import { Retention1790000000003 } from './migrations/0003-retention.js';
import { Sweeps1790000000004 } from './migrations/0004-sweeps.js';
import { CommentEdits1790000000005 } from './migrations/0005-comment-edits.js';
import { Lists1790000000006 } from './migrations/0006-lists.js';
import { Operations1790000000007 } from './migrations/0007-operations.js';
import { PausesAndLimits1790000000008 } from './migrations/0008-pauses-and-limits.js';
import { Rules1790000000009 } from './migrations/0009-rules.js';
import { UnlinkedAccounts1790000000011 } from './migrations/0011-unlinked-accounts.js';
import { ConnectionTests1790000000012 } from './migrations/0012-connection-tests.js';
import { SitesAndAddresses1790000000013 } from './migrations/0013-sites-and-addresses.js';
import { Health1790000000014 } from './migrations/0014-health.js';
import { Delegations1790000000015 } from './migrations/0015-delegations.js';
import { FewerIndexes1790000000016 } from './migrations/0016-fewer-indexes.js';
import { JobsOfAnIssue1790000000017 } from './migrations/0017-jobs-of-an-issue.js';
import { RoomBesideConnections1790000000018 } from './migrations/0018-room-beside-connections.js';
import { INDEXES_OF_DELIVERIES } from './migrations/0019-indexes-of-deliveries.js';
import { ChangesOfConnections1790000000025 } from './migrations/0020-changes-of-connections.js';
import { preparingClient } from './prepared-statements.js';

/** How the tables became what they are, oldest first. */
export const MIGRATIONS: MigrationClass[] = [
  Initial1790000000001, Installation1790000000002, Retention1790000000003, Sweeps1790000000004, CommentEdits1790000000005, Lists1790000000006, Operations1790000000007, PausesAndLimits1790000000008,
  Rules1790000000009, UnlinkedAccounts1790000000011, ConnectionTests1790000000012, SitesAndAddresses1790000000013, Health1790000000014, Delegations1790000000015,
  FewerIndexes1790000000016, JobsOfAnIssue1790000000017, RoomBesideConnections1790000000018, ...INDEXES_OF_DELIVERIES, ChangesOfConnections1790000000025,
];

type MigrationClass = new () => MigrationInterface;

/**
 * Says that a row found by an index costs little more than one read in passing, as is so for tables in memory and on disks without arms. With
 * PostgreSQL's own figure (4) a plan that was made while a table was small reads all of it, and goes on doing so until its statistics
 * come, a minute and thousands of rows later.
 */
export const PLANNING = '-c random_page_cost=1.1';

/** Pages of the settings may be asked for by many at once. With three for the front door and five for the queue a process opens 15: six fit into PostgreSQL's default of 100. */
const POOL_SIZE = 7;
/**
 * A process that only works the queue has no use for more: its one thread keeps fewer than two of them busy. With more, each burst of work became as many
 * processes of PostgreSQL that asked for a core at once, and everybody else waited for these (decision 19).
 */
export const WORKER_POOL_SIZE = 4;

/** How a process connects. `poolSize`: how many connections it opens for its rooms. */
export function dataSourceOptions(url: string, poolSize = POOL_SIZE): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'openhands-jira',
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    poolSize,
    connectTimeoutMS: 5000,
    // A connection that went silent must not hold its caller for ever; migrations take their own time.
    extra: { keepAlive: true, query_timeout: 30_000, Client: preparingClient(), options: PLANNING },
  };
}

/** A database that starts together with us needs a moment. */
const START_PATIENCE_MS = 60_000;

/** Waits until the database takes connections. Throws its last refusal after a minute. */
export async function untilItAnswers(url: string, patienceMs = START_PATIENCE_MS): Promise<void> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: patienceMs, application_name: 'openhands-jira' });
    const problem = await client.connect().then(() => null, (error: unknown) => error as { code?: string });
    await client.end().catch(() => undefined);
    if (problem === null) return;
    // A wrong password or name does not get better by waiting.
    if (!isPassing(problem.code) || Date.now() > end) throw problem;
    await setTimeout(500);
  }
}

/** Not reached, starting, stopping, or full. */
function isPassing(code = ''): boolean {
  return ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', '57P03', '57P01', '53300'].includes(code);
}

/** Any number that no other program takes: replicas that start together migrate one after the other. */
const MIGRATION_LOCK = 7_301_445;

/**
 * A change of a table waits for those who use it, and everybody else waits behind it. So it waits this long, lets the others
 * through, and tries again: an older release may be at work on the same tables.
 */
const LOCK_TIMEOUT = '200ms';
const PAUSE_MS = 300;
const MOST_TRIES = 200;
/** PostgreSQL's code for a lock that could not be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/** Brings the tables up to date, to this release or another. Safe to call from several processes at once. Gives the names of what was applied. */
export async function migrate(url: string, migrations = MIGRATIONS): Promise<string[]> {
  // Without the time limit: a replica may wait long for the one that migrates.
  const source = await new DataSource({ ...dataSourceOptions(url), migrations, connectTimeoutMS: START_PATIENCE_MS, extra: { options: `-c lock_timeout=${LOCK_TIMEOUT}` } } as DataSourceOptions).initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('SET lock_timeout = 0');
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await applyAll(source);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}

/** Whether no migration is missing. Throws when the database does not answer. */
export async function isUpToDate(db: DataSource): Promise<boolean> {
  // A runner of our own: TypeORM gives its connection back only when all went well, and each time that it did not the pool would have one fewer.
  const runner = db.createQueryRunner();
  try {
    return !(await new MigrationExecutor(db, runner).showMigrations());
  } finally {
    await runner.release();
  }
}

async function applyAll(source: DataSource): Promise<string[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      const applied = await source.runMigrations({ transaction: 'each' });
      return applied.map((migration) => migration.name);
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE || tries >= MOST_TRIES) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}
