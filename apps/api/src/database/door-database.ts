/**
 * Connections to PostgreSQL that only the front door uses. Whatever the rest of a process waits for, a delivery of Jira finds
 * one of them free, or is told within seconds to come again.
 */
import { DataSource, type DataSourceOptions } from 'typeorm';
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
