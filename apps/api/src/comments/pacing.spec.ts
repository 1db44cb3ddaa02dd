import fc from 'fast-check';
import { Pacing } from './pacing.js';

describe('The pace of writes into one issue', () => {
  it('never passes ten in two seconds or fifty in thirty, and never stands still for ever', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 200 }), (pauses) => {
        const pacing = new Pacing();
        const times: number[] = [];
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          const wait = pacing.take('issue', now);
          if (wait > 0) {
            now += wait;
            expect(pacing.take('issue', now)).toBe(0);
          }
          times.push(now);
        }
        for (const time of times) {
          expect(times.filter((other) => other > time - 2000 && other <= time).length).toBeLessThanOrEqual(10);
          expect(times.filter((other) => other > time - 30_000 && other <= time).length).toBeLessThanOrEqual(50);
        }
      }),
    );
  });

  it('of one issue does not hold up another', () => {
    const pacing = new Pacing();
    for (let write = 0; write < 10; write += 1) pacing.take('one', 0);
    expect(pacing.take('one', 0)).toBe(2000);
    expect(pacing.take('other', 0)).toBe(0);
  });
});
