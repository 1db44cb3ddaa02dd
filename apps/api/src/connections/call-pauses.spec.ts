import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { JiraProblem } from '@openhands-jira/domain';
import type { DataSource } from 'typeorm';
import type { Queue } from '../queue/queue.service.js';
import { CallPauses, CallsPaused } from './call-pauses.service.js';

beforeAll(() => Logger.overrideLogger(false));

describe('A Jira that is left alone for a while', () => {
  let stored: unknown[][];
  let stillPaused: { id: string }[];
  let heldBack: () => string[];
  let pauses: CallPauses;

  beforeEach(() => {
    jest.useFakeTimers();
    stored = [];
    stillPaused = [{ id: 'a' }];
    const query = (sql: string, values: unknown[] = []): Promise<unknown> => {
      if (sql.includes('SET calls_paused_until = now()')) stored.push(values);
      return Promise.resolve(sql.startsWith('SELECT') ? stillPaused : []);
    };
    pauses = new CallPauses({ query } as unknown as DataSource, { holdBack: (_: unknown, groups: () => string[]) => (heldBack = groups) } as unknown as Queue);
    pauses.onApplicationBootstrap();
  });

  afterEach(() => {
    pauses.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  const fine = (): Promise<string> => pauses.call('a', () => Promise.resolve('fine'));
  const fails = (problem: JiraProblem): Promise<unknown> => pauses.call('a', () => Promise.reject(problem)).catch((error: unknown) => error);
  const busy = (seconds: number): JiraProblem => new JiraProblem('jira_rate_limited', 'slow down', seconds * 1000, 429);
  const away = (): JiraProblem => new JiraProblem('jira_unreachable', 'no answer');

  it('is not called before the time that it named, and its work is not taken meanwhile', async () => {
    await fails(busy(10));
    expect(heldBack()).toEqual(['a']);
    jest.advanceTimersByTime(9_900);
    await expect(fine()).rejects.toBeInstanceOf(CallsPaused);
    jest.advanceTimersByTime(2_200);
    expect(heldBack()).toEqual([]);
    expect(await fine()).toBe('fine');
  });

  it('does not keep other Jiras waiting', async () => {
    await fails(busy(10));
    expect(await pauses.call('b', () => Promise.resolve('fine'))).toBe('fine');
  });

  it('counts as away after five failures in a row, and no answer in between', async () => {
    for (const _ of [1, 2, 3, 4]) await fails(away());
    await fine();
    for (const _ of [1, 2, 3, 4]) await fails(away());
    expect(heldBack()).toEqual([]);
    await fails(away());
    expect(heldBack()).toEqual(['a']);
  });

  it('is tried by one call when its pause is over, for twice as long after each failure', async () => {
    for (const _ of [1, 2, 3, 4, 5]) await fails(away());
    jest.advanceTimersByTime(1_300);
    let answer: (error: Error) => void = () => undefined;
    const trying = pauses.call('a', () => new Promise((_, reject) => (answer = reject))).catch(() => 'failed');
    await expect(fine()).rejects.toBeInstanceOf(CallsPaused);
    answer(away());
    expect(await trying).toBe('failed');
    expect(stored.at(-1)![1]).toBeGreaterThanOrEqual(2000);
    expect(stored.at(-1)![1]).toBeLessThanOrEqual(2400);
  });

  it('is tried by the next call when a mistake of our own ended the first', async () => {
    await fails(busy(1));
    jest.advanceTimersByTime(1_300);
    await expect(pauses.call('a', () => Promise.reject(new TypeError('a text that nobody can render')))).rejects.toBeInstanceOf(TypeError);
    expect(heldBack()).toEqual([]);
    expect(await fine()).toBe('fine');
    expect(stored.at(-1)).toEqual(['a', null, null]);
  });

  it('gets no further work while a call waits for long, and again when the call has ended', async () => {
    let answer: (text: string) => void = () => undefined;
    const waiting = pauses.call('a', () => new Promise<string>((resolve) => (answer = resolve)));
    jest.advanceTimersByTime(1_900);
    await fine();
    expect(heldBack()).toEqual([]);
    jest.advanceTimersByTime(200);
    expect(heldBack()).toEqual(['a']);
    answer('late');
    expect([await waiting, heldBack()]).toEqual(['late', []]);
  });

  it('is left alone for a little longer than it asked for, and each for a time of its own', async () => {
    for (let number = 0; number < 20; number += 1) await pauses.call(`jira ${number}`, () => Promise.reject(busy(10))).catch(() => undefined);
    const lengths = stored.map(([, ms]) => ms as number);
    expect([Math.min(...lengths) >= 10_000, Math.max(...lengths) <= 12_000]).toEqual([true, true]);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeGreaterThan(500);
  });

  it('works again after one good answer', async () => {
    await fails(busy(1));
    jest.advanceTimersByTime(1_300);
    await fine();
    expect([heldBack(), stored.at(-1)]).toEqual([[], ['a', null, null]]);
  });

  it('goes on when only one issue had too many writes, or a request was refused', async () => {
    await fails(new JiraProblem('jira_rate_limited', 'slow down', 3000, 429, true));
    for (const _ of [1, 2, 3, 4, 5, 6]) await fails(new JiraProblem('jira_unexpected_answer', '400', null, 400));
    expect([heldBack(), stored]).toEqual([[], []]);
  });

  it('is called again as soon as another process got an answer', async () => {
    await fails(busy(60));
    expect(heldBack()).toEqual(['a']);
    stillPaused = [];
    await jest.advanceTimersByTimeAsync(2_100);
    expect(heldBack()).toEqual([]);
    expect(await fine()).toBe('fine');
  });

  it('is left alone by a process that learns of it from the connection', async () => {
    pauses.learn('a', 5_000, 'jira_rate_limited');
    const refused = await fine().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'jira_rate_limited' });
    pauses.learn('b', null, null);
    expect(heldBack()).toEqual(['a']);
  });
});
