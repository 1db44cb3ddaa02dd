import { DataSource, type DataSourceOptions } from 'typeorm';
import { Initial1790000000001 } from './migrations/0001-initial.js';
import { Installation1790000000002 } from './migrations/0002-installation.js';
import { Retention1790000000003 } from './migrations/0003-retention.js';
import { Sweeps1790000000004 } from './migrations/0004-sweeps.js';
import { CommentEdits1790000000005 } from './migrations/0005-comment-edits.js';
import { Lists1790000000006 } from './migrations/0006-lists.js';
import { Operations1790000000007 } from './migrations/0007-operations.js';
import { PausesAndLimits1790000000008 } from './migrations/0008-pauses-and-limits.js';

/** Options of the connection. `poolSize` is per process: ten processes must fit into PostgreSQL's default of 100. */
export function dataSourceOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'openhands-jira',
    migrations: [Initial1790000000001, Installation1790000000002, Retention1790000000003, Sweeps1790000000004, CommentEdits1790000000005, Lists1790000000006, Operations1790000000007, PausesAndLimits1790000000008],
    migrationsTableName: 'migrations',
    poolSize: 10,
    connectTimeoutMS: 5000,
    // A connection that went silent must not hold its caller for ever; migrations take their own time.
    extra: { keepAlive: true, query_timeout: 30_000 },
  };
}

/** Any number that no other program takes: replicas that start together migrate one after the other. */
const MIGRATION_LOCK = 7_301_445;

/** Brings the tables up to date. Safe to call from several processes at once. Gives the names of what was applied. */
export async function migrate(url: string): Promise<string[]> {
  // Without the time limit: a replica may wait long for the one that migrates.
  const source = await new DataSource({ ...dataSourceOptions(url), extra: {} }).initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await source.runMigrations({ transaction: 'each' });
    return applied.map((migration) => migration.name);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}
