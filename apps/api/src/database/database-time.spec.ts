import type { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { DatabaseTime } from './database-time.js';

const MINUTE_MS = 60_000;

describe('The time of the database', () => {
  it('sets the clock of a process whose machine is ten minutes behind', async () => {
    const clock = await clockOf(async () => [{ now: Date.now() + 10 * MINUTE_MS }]);
    expect(Math.abs(clock.now().getTime() - Date.now() - 10 * MINUTE_MS)).toBeLessThan(MINUTE_MS);
  });

  it('leaves a clock alone that differs by less than a second', async () => {
    const clock = await clockOf(async () => [{ now: Date.now() + 300 }]);
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(200);
  });

  it('leaves the clock as it is while the database does not answer', async () => {
    const clock = await clockOf(() => Promise.reject(new Error('away')));
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(200);
  });
});

/** The clock of a process that has just compared it with this database. */
async function clockOf(query: () => Promise<{ now: number }[]>): Promise<Clock> {
  const clock = new Clock();
  const time = new DatabaseTime({ query } as unknown as DataSource, clock);
  await time.onModuleInit();
  time.beforeApplicationShutdown();
  return clock;
}
