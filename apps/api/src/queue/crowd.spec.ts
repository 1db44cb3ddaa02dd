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

  it('is there while two ask and the process has its hands full, and for two seconds more', () => {
    crowd.begin('a');
    crowd.begin('b');
    expect(crowd.isDense).toBe(true);
    busy = false;
    jest.advanceTimersByTime(1900);
    for (const group of ['a', 'b']) crowd.begin(group);
    expect(crowd.isDense).toBe(true);
    jest.advanceTimersByTime(200);
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

  it('begins nothing new of those of whom something is at work, and tells each end', () => {
    let ends = 0;
    crowd.whenEnded(() => (ends += 1));
    for (const group of ['a', 'b', 'b']) crowd.begin(group);
    crowd.end('b');
    busy = false;
    expect(new Set(crowd.steppingBack)).toEqual(new Set());
    busy = true;
    expect(new Set(crowd.steppingBack)).toEqual(new Set(['a', 'b']));
    crowd.end('b');
    expect([crowd.steppingBack.includes('a'), ends]).toEqual([true, 2]);
  });

  it('keeps nothing in memory of what was begun more than two seconds ago, also where nobody ever has to step back', () => {
    busy = false;
    for (let entry = 0; entry < 100; entry += 1) {
      crowd.begin('a');
      crowd.end('a');
      jest.advanceTimersByTime(100);
    }
    expect(crowd['begun'].length).toBeLessThanOrEqual(21);
  });

  it('keeps back who had more than half of everything lately, until the process has time again', () => {
    for (const group of ['noisy', 'noisy', 'noisy', 'quiet']) {
      crowd.begin(group);
      crowd.end(group);
    }
    expect(crowd.steppingBack).toEqual(['noisy']);
    busy = false;
    expect(crowd.steppingBack).toEqual([]);
  });
});
