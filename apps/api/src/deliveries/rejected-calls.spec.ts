/** Counts of calls that were not let in, while their database cannot keep up. What becomes of them in the log is told in `delivery-log.spec.ts`. */
import { jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { RejectedCalls } from './rejected-calls.service.js';

describe('Counts of calls that were not let in', () => {
  it('are kept in one place while the database is slow, however long, and then written', async () => {
    const waiting: (() => void)[] = [];
    const query = jest.fn((_sql: string, _values: unknown[]) => new Promise<void>((resolve) => waiting.push(resolve)));
    const calls = new RejectedCalls({ query } as unknown as DataSource, new Clock());
    const refuse = (): void => calls.add({ connectionId: null, reason: 'signature_mismatch', headerNames: [], size: 2 });
    refuse();
    const flushes = [calls.flush()];
    await untilAsked(1);
    for (let second = 0; second < 10; second += 1) {
      refuse();
      flushes.push(calls.flush());
    }
    waiting.shift()!();
    await untilAsked(2);
    waiting.shift()!();
    await Promise.all(flushes);
    expect(query.mock.calls.map(([, values]) => values[3])).toEqual([1, 10]);

    async function untilAsked(times: number): Promise<void> {
      while (query.mock.calls.length < times) await new Promise(setImmediate);
    }
  });

  it('name the connections that came first also when there are more kinds than are told apart', async () => {
    const query = jest.fn((_sql: string, _values: unknown[]) => Promise.resolve());
    const calls = new RejectedCalls({ query } as unknown as DataSource, new Clock());
    const ids = Array.from({ length: 1005 }, (_, number) => `connection ${number}`);
    for (const connectionId of [...ids, ids[0]!]) calls.add({ connectionId, reason: 'signature_mismatch', headerNames: [], size: 2 });
    await calls.flush();
    const counts = query.mock.calls.map(([, values]) => [values[0], values[3]]);
    expect([counts.length, counts.find(([id]) => id === ids[0]), counts.find(([id]) => id === null)]).toEqual([1001, [ids[0], 2], [null, 5]]);
  });
});
