import { DataSource } from 'typeorm';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { among, type Change, Changes } from './changes.js';
import { dataSourceOptions } from './data-source.js';

describe('Changes that belong together', () => {
  let database: TestDatabase;
  let db: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
    await db.query('CREATE TABLE boxes (name text PRIMARY KEY, count int NOT NULL)');
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });
  beforeEach(() => db.query('TRUNCATE boxes'));

  const insert = (name: string, count = 1): Change => (place, when) => `INSERT INTO boxes SELECT ${place(name)}, ${place(count)}::int WHERE ${when} RETURNING name`;
  const boxes = async (): Promise<unknown[]> => (await db.query<{ name: string; count: number }[]>('SELECT name, count FROM boxes ORDER BY name')).map(({ name, count }) => [name, count]);

  it('are made by one statement, and each sees the rows as they were before', async () => {
    await db.query(`INSERT INTO boxes VALUES ('old', 1)`);
    const changes = new Changes();
    changes.add(insert('new'));
    changes.add((place, when) => `UPDATE boxes SET count = count + ${place(10)}::int WHERE ${when}`);
    expect(await changes.run(db)).toBe(true);
    expect(await boxes()).toEqual([['new', 1], ['old', 11]]);
  });

  it('are not made after a demand that gives no row', async () => {
    const changes = new Changes();
    changes.add(insert('before'));
    changes.demand((place, when) => `SELECT name FROM boxes WHERE name = ${place('nowhere')} AND ${when} FOR UPDATE`);
    changes.add(insert('after'));
    changes.demand(insert('later'));
    changes.add(insert('last'));
    expect(await changes.run(db)).toBe(false);
    expect(await boxes()).toEqual([['before', 1]]);
  });

  it('leave nothing behind when one of them fails', async () => {
    await db.query(`INSERT INTO boxes VALUES ('old', 1)`);
    const changes = new Changes();
    changes.add(insert('new'));
    changes.add(insert('old'));
    await expect(changes.run(db)).rejects.toThrow('duplicate key');
    expect(await boxes()).toEqual([['old', 1]]);
  });

  it('give the rows of one of them, also when it is alone', async () => {
    const alone = new Changes();
    expect(await alone.rowsOf(alone.add(insert('a')), db)).toEqual([{ name: 'a' }]);
    const two = new Changes();
    two.add(insert('b'));
    const name = two.first(insert('c'));
    expect(await two.rowsOf(name, db)).toEqual([{ name: 'c' }]);
    expect(await boxes()).toEqual([['a', 1], ['b', 1], ['c', 1]]);
  });

  it('are nothing when there are none', async () => {
    expect(await new Changes().run(db)).toBe(true);
  });

  /** Counts these boxes up, named by a list as in the outbox. */
  const countUp = async (on: DataSource, names: string[]): Promise<void> => {
    const changes = new Changes();
    changes.add((place, when) => `
      UPDATE boxes SET count = count + 1 FROM jsonb_to_recordset(${place(JSON.stringify(names.map((name) => ({ name }))))}::jsonb) AS wanted (name text)
      WHERE ${among('boxes.name', 'text', place, names)} AND boxes.name = wanted.name AND ${when}`);
    await changes.run(on);
  };

  it.each([0, 1, 2, 9, 10, 11, 25])('change the rows that a list of %d keys names, each once', async (count) => {
    const names = Array.from({ length: 30 }, (_, number) => `box ${String(number).padStart(2, '0')}`);
    await db.query('INSERT INTO boxes SELECT unnest($1::text[]), 0', [names]);
    await countUp(db, names.slice(3, 3 + count));
    expect(await boxes()).toEqual(names.map((name, number) => [name, number >= 3 && number < 3 + count ? 1 : 0]));
  });

  it('are not planned anew each time because their list is short', async () => {
    const one = await new DataSource(dataSourceOptions(database.url, 1)).initialize();
    await one.query(`INSERT INTO boxes SELECT 'box ' || number, 0 FROM generate_series(1, 20000) AS number`);
    await one.query('ANALYZE boxes');
    for (let times = 0; times < 12; times += 1) await countUp(one, ['box 7']);
    const [plans] = await one.query<{ generic: number }[]>(`SELECT generic_plans::int AS generic FROM pg_prepared_statements WHERE statement LIKE '%UPDATE boxes%'`);
    await one.destroy();
    expect(plans!.generic).toBeGreaterThan(4);
  });
});
