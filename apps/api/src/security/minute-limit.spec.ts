import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { dataSourceOptions } from '../database/data-source.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { MinuteLimit } from './minute-limit.js';

describe('A limit per minute', () => {
  let database: TestDatabase;
  let db: DataSource;
  let now = Date.UTC(2026, 10, 2, 9, 0, 0);
  const clock = { now: () => new Date(now) } as Clock;

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
  });

  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  async function passed(limits: MinuteLimit[], key: string, calls: number): Promise<number> {
    let count = 0;
    for (let call = 0; call < calls; call += 1) count += (await limits[call % limits.length]!.allows(key)) ? 1 : 0;
    return count;
  }

  it('holds over all processes, for each key and each thing by itself, until the minute is over', async () => {
    const replicas = [1, 2, 3].map(() => new MinuteLimit('knock', 5, db, clock));
    expect(await passed(replicas, 'a', 12)).toBe(5);
    expect(await passed(replicas, 'b', 12)).toBe(5);
    expect(await passed([new MinuteLimit('ring', 5, db, clock)], 'a', 12)).toBe(5);
    now += 60_000;
    expect(await passed(replicas, 'a', 12)).toBe(5);
  });

  it('keeps no keys and no old counts', async () => {
    now += 600_000;
    await passed([new MinuteLimit('knock', 5, db, clock)], '192.0.2.7', 1);
    const rows = await db.query<{ name: string }[]>('SELECT name FROM minute_counts');
    expect(rows).toHaveLength(1);
    expect(rows[0]!.name).not.toContain('192.0.2.7');
  });

  it('asks the database no more once one process alone has seen too many', async () => {
    let asked = 0;
    const counting = { query: (...args: Parameters<DataSource['query']>) => ((asked += 1), db.query(...args)) } as unknown as DataSource;
    await passed([new MinuteLimit('flood', 5, counting, clock)], 'a', 1000);
    expect(asked).toBeLessThanOrEqual(6);
  });
});
