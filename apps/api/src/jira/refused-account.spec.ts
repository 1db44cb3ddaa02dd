import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type JiraClient, JiraProblem } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { Clock } from '../config/clock.js';
import { ConnectionEntity } from '../connections/connection.entity.js';
import type { Connections } from '../connections/connections.service.js';
import { CallPauses } from '../connections/call-pauses.service.js';
import { isRefused, RefusedAccounts } from '../connections/refused-accounts.service.js';
import { dataSourceOptions } from '../database/data-source.js';
import { testDatabase, type TestDatabase } from '../testing/test-database.js';
import type { Queue } from '../queue/queue.service.js';
import { Jiras } from './jiras.service.js';

const REFUSED = new JiraProblem('service_account_rejected', 'no', null, 401);

describe('A service account that Jira refuses', () => {
  let database: TestDatabase;
  let db: DataSource;
  let id: string;
  let now: number;
  /** What Jira says to the next calls; after these it accepts. */
  let refusals: number;
  let calls: number;
  const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);

  beforeAll(async () => {
    database = await testDatabase();
    db = await new DataSource({ ...dataSourceOptions(database.url), entities: [ConnectionEntity] }).initialize();
  });
  beforeEach(async () => {
    [now, refusals, calls, id] = [Date.parse('2027-03-01T12:00:00Z'), Infinity, 0, v7()];
    warned.mockClear();
    await db.query(
      `INSERT INTO connections (id, product, site, site_url, status, service_account_saved_at) VALUES ($1, 'jira-cloud', $2, '', 'active', $3)`,
      [id, `${id}.atlassian.net`, new Date(now - 60_000)],
    );
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
    warned.mockRestore();
  });

  const row = (): Promise<ConnectionEntity> => db.manager.findOneByOrFail(ConnectionEntity, { id });
  const getIssue = async (): Promise<null> => {
    calls += 1;
    if (calls <= refusals) throw REFUSED;
    return null;
  };

  /** One process. */
  function process(): Jiras {
    const product = (name: string): never => ({ id: name, can: {}, open: async () => ({ getIssue }) as unknown as JiraClient }) as never;
    const refused = new RefusedAccounts(db, { now: () => new Date(now) } as Clock);
    return new Jiras({ byId: row } as unknown as Connections, product('jira-cloud'), product('jira-data-center'), refused, new CallPauses(db, {} as Queue));
  }

  /** Some work that asks Jira several times, as a decision does. */
  async function work(jiras: Jiras): Promise<string> {
    const client = await jiras.clientFor(id);
    try {
      for (let step = 0; step < 3; step += 1) await client.getIssue('1');
      return 'done';
    } catch (error) {
      return (error as JiraProblem).code;
    }
  }

  it('is asked once, and then by nobody for half a minute, in no process', async () => {
    const processes = [process(), process()];
    for (let round = 0; round < 10; round += 1) for (const one of processes) expect(await work(one)).toBe('service_account_rejected');
    expect(calls).toBe(1);
    expect(isRefused(await row())).toBe(true);
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it('is asked less and less often: at most twenty times within two hours', async () => {
    const jiras = process();
    for (let second = 0; second < 7200; second += 10) {
      await work(jiras);
      now += 10_000;
    }
    expect(calls).toBeGreaterThan(10);
    expect(calls).toBeLessThanOrEqual(20);
  });

  it('is used again as soon as Jira accepts it', async () => {
    refusals = 1;
    const jiras = process();
    await work(jiras);
    now += 31_000;
    expect(await work(jiras)).toBe('done');
    expect(isRefused(await row())).toBe(false);
    expect(await work(jiras)).toBe('done');
  });

  it('is used at once when new credentials are saved, and its refusal is told anew', async () => {
    const jiras = process();
    await work(jiras);
    now += 1000;
    await db.query('UPDATE connections SET service_account_saved_at = $2 WHERE id = $1', [id, new Date(now)]);
    expect(isRefused(await row())).toBe(false);
    now += 1000;
    expect(await work(jiras)).toBe('service_account_rejected');
    expect([calls, warned.mock.calls.length, isRefused(await row())]).toEqual([2, 2, true]);
  });
});
