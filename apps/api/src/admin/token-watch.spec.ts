import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { readConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { dataSourceOptions } from '../database/data-source.js';
import { Leases } from '../database/leases.js';
import type { Jiras } from '../jira/jiras.service.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import { TokenWatchLoop } from './token-watch.loop.js';
import { TokenWatch } from './token-watch.service.js';

const DAY_MS = 24 * 3_600_000;
const START = new Date('2027-03-01T12:00:00Z').getTime();

describe('Tokens of service accounts that end', () => {
  let database: TestDatabase;
  let db: DataSource;
  let watch: TokenWatch;
  let today: number;
  const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource(dataSourceOptions(database.url)).initialize();
    watch = new TokenWatch(db, { now: () => new Date(START + today * DAY_MS) } as Clock);
  });
  beforeEach(async () => {
    today = 0;
    warned.mockClear();
    await db.query('DELETE FROM connections');
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
    warned.mockRestore();
  });

  const token = async (endsOnDay: number | null, status = 'active'): Promise<string> => {
    const id = v7();
    const end = endsOnDay === null ? null : new Date(START + endsOnDay * DAY_MS);
    await db.query(`INSERT INTO connections (id, product, site, site_url, status, service_account_token_expires_at) VALUES ($1, 'jira-cloud', $2, '', $3, $4)`, [id, `${id}.atlassian.net`, status, end]);
    return id;
  };

  it('are warned of 30, 14, 7 and 1 days before, and when they have ended, each time once', async () => {
    await token(40);
    const days: number[] = [];
    for (today = 0; today < 45; today += 1) {
      for (const warning of await watch.look()) days.push(today, warning.days);
      expect(await watch.look()).toEqual([]);
    }
    expect(days).toEqual([10, 30, 26, 14, 33, 7, 39, 1, 40, 0]);
    expect(warned).toHaveBeenCalledTimes(5);
  });

  it('are warned of once, also when two processes look at the same moment', async () => {
    await token(5);
    const both = await Promise.all([watch.look(), new TokenWatch(db, { now: () => new Date(START) } as Clock).look()]);
    expect(both.flat()).toHaveLength(1);
  });

  it('begin anew with a new token', async () => {
    const id = await token(1);
    await watch.look();
    await db.query('UPDATE connections SET service_account_token_expires_at = $2 WHERE id = $1', [id, new Date(START + 20 * DAY_MS)]);
    expect(await watch.look()).toMatchObject([{ connectionId: id, days: 30, site: `${id}.atlassian.net` }]);
  });

  it('are not warned of when their end is unknown or far, or when the connection has ended', async () => {
    await token(null);
    await token(31);
    await token(3, 'inactive');
    await token(3, 'pending');
    expect(await watch.look()).toEqual([]);
  });

  it('are looked at once a day by one of all processes, after Jira was asked for them', async () => {
    const looks = jest.spyOn(watch, 'look');
    const looksWhenAsked: number[] = [];
    const jiras = { readTokenEnds: async () => void looksWhenAsked.push(looks.mock.calls.length) } as unknown as Jiras;
    const loops = [1, 2].map(() => new TokenWatchLoop(readConfig({}), new Leases(db), jiras, watch));
    for (const loop of [...loops, ...loops]) await loop.lookIfDue();
    expect(looks).toHaveBeenCalledTimes(1);
    await db.query(`UPDATE leases SET until = now() - interval '1 second' WHERE name = 'token watch'`);
    await Promise.all(loops.map((loop) => loop.lookIfDue()));
    expect(looks).toHaveBeenCalledTimes(2);
    expect(looksWhenAsked).toEqual([0, 1]);
  });
});
