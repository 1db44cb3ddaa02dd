import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { dataSourceOptions, isUpToDate, migrate } from './data-source.js';

describe('Bringing the tables up to date', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await testDatabase();
    const source = await new DataSource(dataSourceOptions(database.url)).initialize();
    for (let undone = ''; undone !== 'Operations1790000000007'; ) {
      [{ name: undone }] = await source.query<[{ name: string }]>('SELECT name FROM migrations ORDER BY timestamp DESC LIMIT 1');
      await source.undoLastMigration();
    }
    await source.destroy();
  });
  afterEach(() => database.drop());

  it('is done once, however many processes start together', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrate(database.url)));
    expect(applied.flat().filter((name) => name === 'Operations1790000000007')).toHaveLength(1);
  });

  it('makes the context path of a Jira Data Center a part of its site', async () => {
    const client = new pg.Client(database.url);
    await client.connect();
    const sites = { 'a.example.com': 'https://a.example.com', 'b.example.com:8443': 'https://b.example.com:8443/tools/jira', 'c.example.com': 'https://c.example.com/' };
    for (const [site, url] of Object.entries(sites)) await client.query(`INSERT INTO connections (id, product, site, site_url, status) VALUES (gen_random_uuid(), 'jira-data-center', $1, $2, 'active')`, [site, url]);
    await migrate(database.url);
    const { rows } = await client.query<{ site: string }>('SELECT site FROM connections ORDER BY site');
    expect(rows.map((row) => row.site)).toEqual(['a.example.com', 'b.example.com:8443/tools/jira', 'c.example.com']);
    await client.end();
  });

  it('waits for a release that is at work, without making others wait behind it', async () => {
    const [old, other] = [new pg.Client(database.url), new pg.Client(database.url)];
    await Promise.all([old.connect(), other.connect()]);
    await old.query('BEGIN; SELECT 1 FROM connections');
    let isDone = false;
    const migrated = migrate(database.url).then((names) => ((isDone = true), names));
    const waits: number[] = [];
    while (waits.length < 30) {
      const begin = performance.now();
      await other.query('SELECT count(*) FROM connections');
      waits.push(performance.now() - begin);
      await other.query('SELECT pg_sleep(0.03)');
    }
    expect(isDone).toBe(false);
    expect(Math.max(...waits)).toBeLessThan(1000);
    await old.query('COMMIT');
    expect(await migrated).toContain('Operations1790000000007');
    await Promise.all([old.end(), other.end()]);
  });
});

describe('Asking whether the tables are up to date', () => {
  it('leaves the pool as it was when the database does not answer in time', async () => {
    const database = await testDatabase();
    const options = dataSourceOptions(database.url, 1);
    const db = await new DataSource({ ...options, extra: { ...(options as { extra: object }).extra, query_timeout: 200 } } as DataSourceOptions).initialize();
    const other = new pg.Client(database.url);
    await other.connect();
    await other.query('BEGIN; LOCK TABLE migrations');
    await expect(isUpToDate(db)).rejects.toThrow('Query read timeout');
    await other.query('ROLLBACK');
    expect(await isUpToDate(db)).toBe(true);
    await other.query('DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)');
    expect(await isUpToDate(db)).toBe(false);
    await Promise.all([other.end(), db.destroy()]);
    await database.drop();
  });
});
