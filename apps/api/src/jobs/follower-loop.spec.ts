import type { DataSource } from 'typeorm';
import { FollowPlan } from './follow-plan.js';
import type { Follower } from './follower.js';
import { FollowerLoop } from './follower-loop.js';
import type { JobLimits } from './job-limits.js';

describe('The loop that looks at running jobs', () => {
  let looks: number;
  let look: () => Promise<number>;
  let loop: FollowerLoop;

  function open(foundMany: boolean): void {
    looks = 0;
    look = () => Promise.resolve(0);
    const follower = { foundMany, tick: () => ((looks += 1), look()), stop: () => undefined };
    loop = new FollowerLoop({} as DataSource, follower as unknown as Follower, { wakeWaiting: () => Promise.resolve() } as unknown as JobLimits, new FollowPlan());
    loop.start();
  }

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(async () => {
    await loop.stop();
    jest.useRealTimers();
  });

  it.each([
    ['once a second', false, 10],
    ['five times as often while several are due, for a part of them each', true, 50],
  ])('asks %s', async (_how, foundMany, times) => {
    open(foundMany);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(looks).toBe(times);
  });

  it('does not wait for a look that takes long, and asks no more once it has stopped', async () => {
    open(false);
    let end = (): void => undefined;
    look = () => new Promise((resolve) => (end = () => resolve(1)));
    await jest.advanceTimersByTimeAsync(1000);
    look = () => Promise.resolve(0);
    await jest.advanceTimersByTimeAsync(2000);
    expect(looks).toBe(3);
    const stopped = loop.stop();
    end();
    await stopped;
    await jest.advanceTimersByTimeAsync(3000);
    expect(looks).toBe(3);
  });
});
