import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { dataSourceOptions } from './data-source.js';
import { preparingClient, StatementNames } from './prepared-statements.js';

describe('The names of statements', () => {
  it.each([
    ['given from the second time on', ['SELECT $1', 'SELECT $1', 'SELECT $1'], [undefined, 's1', 's1']],
    ['different for different texts', ['SELECT $1', 'SELECT $2', 'SELECT $2', 'SELECT $1'], [undefined, undefined, 's1', 's2']],
    ['not given to what gives all columns of a table', ['SELECT * FROM jobs WHERE id = $1', 'SELECT * FROM jobs WHERE id = $1', 'DELETE FROM jobs WHERE id = $1 RETURNING *', 'DELETE FROM jobs WHERE id = $1 RETURNING *'], [undefined, undefined, undefined, undefined]],
    ['given to counts and products', ['SELECT count(*), 2 * $1', 'SELECT count(*), 2 * $1'], [undefined, 's1']],
    ['given to a part of changes, which names its columns', ['SELECT * FROM change_1', 'SELECT * FROM change_1'], [undefined, 's1']],
  ])('are %s', (_what, texts, expected) => {
    const names = new StatementNames();
    expect(texts.map((text) => names.nameOf(text))).toEqual(expected);
  });

  it('are limited, because each connection keeps every plan', () => {
    const names = new StatementNames(2);
    for (const text of ['a', 'a', 'b', 'b']) names.nameOf(text);
    expect(['c', 'c', 'a', 'b'].map((text) => names.nameOf(text))).toEqual([undefined, undefined, 's1', 's2']);
  });

  it('do not gather the texts that come once', () => {
    const names = new StatementNames(2);
    for (const text of ['a', 'b', 'c']) names.nameOf(text);
    expect(['a', 'a'].map((text) => names.nameOf(text))).toEqual([undefined, 's1']);
  });
});

describe('A connection that prepares', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  const PREPARED = 'SELECT statement FROM pg_prepared_statements';

  it('has PostgreSQL read a text once, and sends what has no values as it is', async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1, Client: preparingClient() });
    for (const value of [1, 2, 3]) expect((await pool.query('SELECT $1::int AS value', [value])).rows).toEqual([{ value }]);
    for (let times = 0; times < 3; times += 1) await pool.query('SELECT 1 AS one');
    expect((await pool.query(PREPARED)).rows).toEqual([{ statement: 'SELECT $1::int AS value' }]);
    await pool.end();
  });

  it('goes on after a table got a new column', async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1, Client: preparingClient() });
    await pool.query('CREATE TABLE boxes (name text)');
    const both = async (): Promise<unknown[]> => [(await pool.query('SELECT name FROM boxes WHERE name <> $1', ['no'])).rows, (await pool.query('SELECT * FROM boxes WHERE name <> $1', ['no'])).rows];
    await pool.query('INSERT INTO boxes VALUES ($1)', ['yes']);
    for (let times = 0; times < 3; times += 1) expect(await both()).toEqual([[{ name: 'yes' }], [{ name: 'yes' }]]);
    await pool.query('ALTER TABLE boxes ADD COLUMN count int');
    expect(await both()).toEqual([[{ name: 'yes' }], [{ name: 'yes', count: null }]]);
    await pool.end();
  });

  it('meets a column of another type once, and then goes on', async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 1, Client: preparingClient() });
    await pool.query('CREATE TABLE crates (count int)');
    const ask = (): Promise<unknown> => pool.query('SELECT count FROM crates WHERE $1', [true]);
    for (let times = 0; times < 3; times += 1) await ask();
    await pool.query('ALTER TABLE crates ALTER COLUMN count TYPE text');
    await expect(ask()).rejects.toThrow('cached plan');
    expect(await ask()).toMatchObject({ rows: [] });
    await pool.end();
  });

  it('ends when a statement takes longer than its time, because what is sent next would wait behind it in its transaction', async () => {
    const options = dataSourceOptions(database.url);
    const db = await new DataSource({ ...options, poolSize: 1, extra: { ...(options as { extra: object }).extra, query_timeout: 100 } } as DataSourceOptions).initialize();
    const slow = db.transaction((manager) => manager.query('SELECT pg_sleep($1)', [20]));
    await expect(slow).rejects.toThrow('Query read timeout');
    expect(await db.query('SELECT $1::int AS value', [1])).toEqual([{ value: 1 }]);
    await expect(db.query('SELECT pg_sleep($1)', [20])).rejects.toThrow('Query read timeout');
    expect(await db.query('SELECT $1::int AS value', [2])).toEqual([{ value: 2 }]);
    await db.destroy();
  });

  it('is what the rooms and the queue use', async () => {
    const db = await new DataSource(dataSourceOptions(database.url)).initialize();
    const queue = new QueueConnection(database.url, false);
    for (const ask of [(text: string, values?: unknown[]) => db.query(text, values), (text: string, values?: unknown[]) => queue.query(text, values)]) {
      for (let times = 0; times < 2; times += 1) await ask('SELECT $1::int AS value', [1]);
      expect(await ask(PREPARED)).toContainEqual({ statement: 'SELECT $1::int AS value' });
    }
    await queue.close();
    await db.destroy();
  });
});
