/** Who is served next at the front door: at once while there is room, then connections in turns. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { DoorTurns, inTurns, NOBODY } from './door-turns.js';

describe('The turns at the front door', () => {
  let turns: DoorTurns;
  let served: string[];

  beforeEach(() => {
    turns = new DoorTurns();
    served = [];
  });

  function comes(group: string, name = group): void {
    const turn = turns.of(group);
    if (turn) void turn.then(() => served.push(name));
    else served.push(name);
  }

  async function all(count: number): Promise<void> {
    while (served.length < count) await nextTurn();
  }

  it('are at once for the few that usually come together', () => {
    for (let number = 0; number < 8; number += 1) expect(turns.of('a')).toBeUndefined();
  });

  it('let a company with one delivery pass the hundreds of another one', async () => {
    for (let number = 0; number < 500; number += 1) comes('noisy');
    comes('quiet');
    await all(501);
    const begunAtOnce = served.indexOf('quiet') + 1;
    expect(begunAtOnce).toBeLessThan(30);
  });

  it('serve everybody of a group in the order in which they came, and then begin at once again', async () => {
    for (let number = 0; number < 100; number += 1) comes('a', `a${number}`);
    await all(100);
    expect(served).toEqual(Array.from({ length: 100 }, (_, number) => `a${number}`));
    await nextTurn();
    expect(turns.of('a')).toBeUndefined();
  });

  it('leave time for others between the parts of a crowd', async () => {
    for (let number = 0; number < 500; number += 1) comes('a');
    const atOnce = served.length;
    await nextTurn();
    expect(served.length - atOnce).toBeLessThanOrEqual(atOnce);
    await all(500);
  });
});

describe('A crowd at the front door', () => {
  let served: string[];

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'] });
    served = [];
  });

  afterEach(() => jest.useRealTimers());

  function comes(turns: DoorTurns, group: string): void {
    const turn = turns.of(group);
    if (turn) void turn.then(() => served.push(group));
    else served.push(group);
  }

  /** What has been served once nothing more happens without the clock. */
  async function servedAtOnce(): Promise<number> {
    for (let turn = 0; turn < 100; turn += 1) await nextTurn();
    return served.length;
  }

  it('rests after each turn while others call and cores are short, and others are served in its rest', async () => {
    const turns = new DoorTurns(() => true);
    comes(turns, 'quiet');
    for (let number = 0; number < 100; number += 1) comes(turns, 'noisy');
    const first = await servedAtOnce();
    expect(first).toBeLessThan(20);
    jest.advanceTimersByTime(2);
    const second = await servedAtOnce();
    expect(second - first).toBe(2);
    comes(turns, 'quiet');
    await servedAtOnce();
    expect(served.slice(second)).toContain('quiet');
    expect(served.length - second).toBe(2);
  });

  it('does not rest any more once it is small', async () => {
    const turns = new DoorTurns(() => true);
    comes(turns, 'quiet');
    for (let number = 0; number < 100; number += 1) comes(turns, 'noisy');
    // A rest after each two until the end would be 46 of them.
    for (let rest = 0; rest < 35; rest += 1) {
      await servedAtOnce();
      jest.advanceTimersByTime(2);
    }
    expect(await servedAtOnce()).toBe(101);
  });

  it('of strangers rests for a company, but their calls make no company rest', async () => {
    const turns = new DoorTurns(() => true);
    comes(turns, 'quiet');
    for (let number = 0; number < 100; number += 1) comes(turns, NOBODY);
    expect(await servedAtOnce()).toBeLessThan(20);
    const others = new DoorTurns(() => true);
    served = [];
    for (const group of [NOBODY, 'noisy', NOBODY]) for (let number = 0; number < 100; number += 1) comes(others, group);
    await servedAtOnce();
    expect(served.filter((group) => group === 'noisy')).toHaveLength(100);
  });

  it('does not rest for those who are gone', async () => {
    const turns = new DoorTurns(() => true);
    comes(turns, 'quiet');
    for (let number = 0; number < 100; number += 1) void turns.of('noisy', () => true);
    for (let number = 0; number < 5; number += 1) comes(turns, 'noisy');
    await servedAtOnce();
    expect(served).toEqual(['quiet', ...Array.from({ length: 5 }, () => 'noisy')]);
  });

  it.each([
    ['it is alone', ['noisy'], true],
    ['there are cores for everybody', ['quiet'], false],
  ])('does not rest when %s', async (_when, before, isShort) => {
    const turns = new DoorTurns(() => isShort);
    before.forEach((group) => comes(turns, group));
    for (let number = 0; number < 100; number += 1) comes(turns, 'noisy');
    expect(await servedAtOnce()).toBe(101);
  });

  it('does not rest any more two seconds after others called', async () => {
    const turns = new DoorTurns(() => true);
    comes(turns, 'quiet');
    jest.advanceTimersByTime(2001);
    for (let number = 0; number < 100; number += 1) comes(turns, 'noisy');
    expect(await servedAtOnce()).toBeLessThan(20);
    jest.advanceTimersByTime(2001);
    expect(await servedAtOnce()).toBe(101);
  });
});

describe('The choice of those who go first', () => {
  const groups = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 40 }).map((all) => all.map((group, place) => ({ group, place })));

  it('takes as many as there is room for, none twice, and everybody when there is room for all', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 50 }), (waiting, most) => {
        const chosen = inTurns(waiting, most, ({ group }) => group);
        expect(new Set(chosen).size).toBe(Math.min(most, waiting.length));
        expect(chosen).toHaveLength(Math.min(most, waiting.length));
      }),
    );
  });

  it('gives no group two more than another one that still waits, and keeps the order within a group', () => {
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 50 }), (waiting, most) => {
        const chosen = inTurns(waiting, most, ({ group }) => group);
        const placesOf = (all: typeof waiting, group: string): number[] => all.filter((one) => one.group === group).map(({ place }) => place);
        for (const group of ['a', 'b', 'c']) {
          const mine = placesOf(chosen, group);
          expect(mine).toEqual(placesOf(waiting, group).slice(0, mine.length));
          const stillWaits = mine.length < placesOf(waiting, group).length;
          for (const other of ['a', 'b', 'c']) if (stillWaits) expect(placesOf(chosen, other).length).toBeLessThanOrEqual(mine.length + 1);
        }
      }),
    );
  });
});
