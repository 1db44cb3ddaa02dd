/** When a thread has its hands full, and when it is short of cores. */
import { jest } from '@jest/globals';
import { hasItsHandsFull, isShortOfCores } from './thread.js';

describe('A thread', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each([
    ['is at work most of its time', 60, 0, true],
    ['stands in the line for a core', 5, 4, true],
    ['is at work and has a core whenever it wants one', 40, 1, false],
  ])('that %s has its hands full, or not', (_what, atWork, inLine, expected) => {
    const times = { atWorkMs: 1000, inLineMs: 1000 };
    const isBusy = hasItsHandsFull(() => ({ ...times }));
    expect(isBusy()).toBe(false);
    jest.advanceTimersByTime(100);
    times.atWorkMs += atWork;
    times.inLineMs += inLine;
    expect(isBusy()).toBe(expected);
    jest.advanceTimersByTime(100);
    expect(isBusy()).toBe(false);
  });

  it('is short of cores only when it has to wait for one, however much it is at work', () => {
    const times = { atWorkMs: 1000, inLineMs: 1000 };
    const isShort = isShortOfCores(() => ({ ...times }));
    jest.advanceTimersByTime(100);
    times.atWorkMs += 95;
    expect(isShort()).toBe(false);
    jest.advanceTimersByTime(100);
    times.inLineMs += 4;
    expect(isShort()).toBe(true);
  });

  it('that computes without a pause has its hands full', () => {
    jest.useRealTimers();
    const isBusy = hasItsHandsFull();
    for (const began = performance.now(); performance.now() - began < 150; );
    expect(isBusy()).toBe(true);
  });
});
