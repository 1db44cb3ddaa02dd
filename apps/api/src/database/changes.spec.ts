import { DataSource } from 'typeorm';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { type Change, Changes } from './changes.js';
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
});
