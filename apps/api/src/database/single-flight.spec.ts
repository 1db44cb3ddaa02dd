import { DataSource } from 'typeorm';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { dataSourceOptions } from './data-source.js';
import { SingleFlight } from './single-flight.js';

describe('What one process at a time may do for everybody', () => {
  let database: TestDatabase;
  let db: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
  });

  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  it('is done once, and the others find what came of it', async () => {
    const processes = [1, 2, 3].map(() => new SingleFlight(db));
    let done = 0;
    const look = (): Promise<string | undefined> => Promise.resolve(done > 0 ? 'found' : undefined);
    const work = async (): Promise<string> => {
      await db.query('SELECT pg_sleep(0.2)');
      done += 1;
      return 'done';
    };
    const answers = await Promise.all([...processes, ...processes].map((one) => one.once('a', look, work)));
    expect(done).toBe(1);
    expect(answers.filter((one) => one === 'done').length).toBe(2);
    expect(answers.filter((one) => one === 'found').length).toBe(4);
  });

  it('is tried by another when it failed', async () => {
    const [first, second] = [new SingleFlight(db), new SingleFlight(db)];
    const nothing = (): Promise<undefined> => Promise.resolve(undefined);
    await expect(first.once('b', nothing, () => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
    expect(await second.once<string>('b', nothing, () => Promise.resolve('done'))).toBe('done');
  });

  it('is taken over from a process that died at it', async () => {
    await db.query(`INSERT INTO leases (name, holder, until) VALUES ('c', gen_random_uuid(), now() + interval '0.3 seconds')`);
    const answer = await new SingleFlight(db).once<string>('c', () => Promise.resolve(undefined), () => Promise.resolve('done'));
    expect(answer).toBe('done');
    expect(await db.query(`SELECT name FROM leases WHERE name = 'c'`)).toEqual([]);
  });
});
