/**
 * Connections to PostgreSQL that only the front door uses. Whatever the rest of a process waits for, a delivery of Jira finds
 * one of them free, or is told within seconds to come again.
 */
import type pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { dataSourceOptions } from './data-source.js';

/** Names the data source of the front door; the plain `DataSource` is everybody else's. */
export const DOOR_DATABASE = Symbol('the front door\'s connections to the database');

/** Two for writing, one for looking things up. */
const DOOR_POOL_SIZE = 3;
/** Jira does not wait longer than 20 s, and we do not wait that long. */
const DOOR_QUERY_MS = 5000;

/** Opens them. The caller closes them. */
export function openDoorDatabase(url: string, main: DataSource): Promise<DataSource> {
  const entities = main.entityMetadatas.map((metadata) => metadata.target);
  const options = { ...dataSourceOptions(url), applicationName: 'openhands-jira-door', entities, migrations: [], poolSize: DOOR_POOL_SIZE, extra: { keepAlive: true, query_timeout: DOOR_QUERY_MS } };
  const source = new DataSource(options as DataSourceOptions);
  return source.initialize();
}

/** Each connection keeps its own copy of what it prepared, so their number is limited. */
const MOST_PREPARED = 64;

/**
 * Sends the few statements that the front door repeats for ever. PostgreSQL reads and plans each of them once for a connection, and
 * nothing stands between them and the driver.
 */
export class PreparedStatements {
  private readonly names = new Map<string, string>();

  constructor(private readonly source: DataSource) {}

  /** Gives the rows. */
  async query(text: string, values: unknown[]): Promise<unknown[]> {
    const pool = (this.source.driver as PostgresDriver).master as pg.Pool;
    const name = this.nameOf(text);
    return (await pool.query({ text, values, ...(name !== undefined && { name }) })).rows;
  }

  /** Undefined when there are enough: the statement is then sent as it is. */
  private nameOf(text: string): string | undefined {
    if (!this.names.has(text) && this.names.size < MOST_PREPARED) this.names.set(text, `door_${this.names.size + 1}`);
    return this.names.get(text);
  }
}
