/**
 * Connections to PostgreSQL that only the front door uses. Whatever the rest of a process waits for, a delivery of Jira finds
 * one of them free, or is told within seconds to come again.
 */
import type pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { dataSourceOptions } from './data-source.js';
import { preparingClient } from './prepared-statements.js';

/** Names the data source of the front door; the plain `DataSource` is everybody else's. */
export const DOOR_DATABASE = Symbol('the front door\'s connections to the database');

/** Two for writing, one for looking things up. */
const DOOR_POOL_SIZE = 3;
/** Jira does not wait longer than 20 s, and we do not wait that long. */
const DOOR_QUERY_MS = 5000;

/** Opens them. The caller closes them. */
export function openDoorDatabase(url: string, main: DataSource): Promise<DataSource> {
  const entities = main.entityMetadatas.map((metadata) => metadata.target);
  const usual = dataSourceOptions(url);
  const extra = { ...(usual.extra as object), query_timeout: DOOR_QUERY_MS, Client: preparingClient() };
  const source = new DataSource({ ...usual, applicationName: 'openhands-jira-door', entities, migrations: [], poolSize: DOOR_POOL_SIZE, extra } as DataSourceOptions);
  return source.initialize();
}

/** Sends the few statements that the front door repeats for ever, with nothing between them and the driver. */
export class DoorStatements {
  constructor(private readonly source: DataSource) {}

  /** Gives the rows. */
  async query(text: string, values: unknown[]): Promise<unknown[]> {
    const pool = (this.source.driver as PostgresDriver).master as pg.Pool;
    return (await pool.query(text, values)).rows;
  }
}
