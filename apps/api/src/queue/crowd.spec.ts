/** When groups have to step back for others: only where time is short, and only while there are others. */
import { jest } from '@jest/globals';
import { Crowd } from './crowd.js';

describe('A crowd', () => {
  let busy: boolean;
  let crowd: Crowd;

  beforeEach(() => {
    jest.useFakeTimers();
    busy = true;
    crowd = new Crowd(() => busy);
  });

  afterEach(() => jest.useRealTimers());

  it('is none while one group alone asks, however much', () => {
    for (let entry = 0; entry < 10; entry += 1) crowd.begin('a');
    expect(crowd.isDense).toBe(false);
  });

  it('is there while two ask and the process has its hands full, and not otherwise', () => {
    crowd.begin('a');
    crowd.begin('b');
    expect(crowd.isDense).toBe(true);
    busy = false;
    expect(crowd.isDense).toBe(false);
  });

  it('is over two seconds after the others began something', () => {
    crowd.begin('a');
    jest.advanceTimersByTime(1900);
    crowd.begin('b');
    expect(crowd.isDense).toBe(true);
    jest.advanceTimersByTime(200);
    expect(crowd.isDense).toBe(false);
  });

  it('knows whose work is under way, and tells each end', () => {
    let ends = 0;
    crowd.whenEnded(() => (ends += 1));
    crowd.begin('a');
    crowd.begin('a');
    crowd.begin('b');
    crowd.end('a');
    expect(crowd.groups).toEqual(['a', 'b']);
    crowd.end('a');
    expect([crowd.groups, ends]).toEqual([['b'], 2]);
  });
});
