/**
 * The PostgreSQL of the benches: the embedded one, with durability as in production (fsync and synchronous commit on), in a folder of
 * its own that is thrown away. All contestants of a bench use this one server, each in a database of its own.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../apps/api/src/database/embedded-postgres.ts';

const SETTINGS = ['shared_buffers=512MB', 'max_wal_size=8GB', 'checkpoint_timeout=30min', 'max_connections=300', 'shared_preload_libraries=pg_stat_statements', 'pg_stat_statements.track=top', 'pg_stat_statements.max=2000'];

export class BenchServer {
  readonly version: string;
  readonly pid: number;
  private readonly url: string;
  private readonly finish: () => Promise<void>;

  private constructor(url: string, pid: number, version: string, finish: () => Promise<void>) {
    this.url = url;
    this.pid = pid;
    this.version = version;
    this.finish = finish;
  }

  static async start(): Promise<BenchServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'openhands-jira-bench-'));
    // As root the server runs as another user, who must get in.
    chmodSync(dataDir, 0o755);
    const server = await startEmbeddedPostgres({ dataDir, settings: SETTINGS });
    const pid = Number(readFileSync(join(dataDir, 'pg/postmaster.pid'), 'utf8').split('\n')[0]);
    const version = await asked(server.url, async (client) => ((await client.query('SHOW server_version')).rows[0] as { server_version: string }).server_version);
    return new BenchServer(server.url, pid, version, async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });
  }

  /** An empty database. */
  async create(name: string): Promise<BenchDatabase> {
    await asked(this.url, async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await client.query(`CREATE DATABASE ${name}`);
    });
    const url = new URL(this.url);
    url.pathname = `/${name}`;
    return BenchDatabase.open(url.toString());
  }

  async stop(): Promise<void> {
    await this.finish();
  }
}

/** One statement as the server counted it. */
export interface CountedStatement {
  query: string;
  calls: number;
}

/** One contestant's database, looked at by the bench over a connection of its own. */
export class BenchDatabase {
  readonly url: string;
  private readonly client: pg.Client;

  private constructor(url: string, client: pg.Client) {
    this.url = url;
    this.client = client;
  }

  static async open(url: string): Promise<BenchDatabase> {
    const client = new pg.Client({ connectionString: url, application_name: 'bench' });
    // A server that is stopped ends its connections; what was under way fails by itself.
    client.on('error', () => undefined);
    await client.connect();
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    return new BenchDatabase(url, client);
  }

  async rows<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await this.client.query<T>(text, values)).rows;
  }

  /** How many rows a statement changed. */
  async changed(text: string, values: unknown[] = []): Promise<number> {
    return (await this.client.query(text, values)).rowCount ?? 0;
  }

  /** The first column of the first row, as a number. */
  async number(text: string, values: unknown[] = []): Promise<number> {
    const [row] = await this.rows<Record<string, unknown>>(text, values);
    return Number(Object.values(row ?? {})[0]);
  }

  /** Writes everything out, so that no round pays for the one before. */
  async settle(): Promise<void> {
    await this.client.query('CHECKPOINT');
  }

  /** Begins to count statements anew. */
  async forgetStatements(): Promise<void> {
    await this.client.query('SELECT pg_stat_statements_reset()');
  }

  /**
   * What was sent to this database since then, the bench's own statements aside (they name something `bench_`): BEGIN and COMMIT count like
   * any other. Checks of foreign keys that PostgreSQL makes by itself at the commit are in its list as well; nobody sends them.
   */
  async statements(): Promise<CountedStatement[]> {
    const rows = await this.rows<{ query: string; calls: string }>(
      `SELECT query, sum(calls) AS calls FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND toplevel AND query NOT LIKE '%pg_stat_statements%' AND query NOT LIKE '%bench_%' AND query NOT LIKE 'SELECT % FROM ONLY %FOR KEY SHARE OF x' GROUP BY query ORDER BY 2 DESC`,
    );
    return rows.map(({ query, calls }) => ({ query: query.replace(/\s+/g, ' ').trim(), calls: Number(calls) }));
  }

  /** Bytes of write-ahead log so far. */
  walBytes(): Promise<number> {
    return this.number(`SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')`);
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

async function asked<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
