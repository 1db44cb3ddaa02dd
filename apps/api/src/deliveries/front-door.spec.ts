/** How much of what strangers send waits at the front door. What becomes of deliveries is told over HTTP in `apps/api-e2e`. */
import type { DataSource } from 'typeorm';
import type { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { Problem } from '../security/problem.js';
import { FrontDoor } from './front-door.service.js';
import type { Intake } from './intake.service.js';
import type { RejectedCalls } from './rejected-calls.service.js';

const TEN_MEGABYTES = Buffer.alloc(10 * 1024 * 1024, ' ');
/** They begin at once; then there is room for six more. */
const AT_ONCE = 8;

describe('Calls that wait for their turn at the front door', () => {
  it('are proven with what is known of their connection when it comes', async () => {
    const door = new FrontDoor({} as Intake, { add: () => undefined } as unknown as RejectedCalls, {} as DataSource, {} as AppConfig, new Clock());
    let looks = 0;
    const candidates = (): [] => {
      looks += 1;
      return [];
    };
    const call = (): Promise<unknown> => door.receive({ candidates, readEvent: () => null, body: Buffer.from('{}'), headers: {} }).catch(() => undefined);
    await Promise.all(Array.from({ length: AT_ONCE + 3 }, call));
    expect(looks).toBe(AT_ONCE + 2 * 3);
  });
});

describe('Large bodies that wait for their turn at the front door', () => {
  const counted: unknown[] = [];
  const rejected = { add: (call: unknown) => counted.push(call) } as unknown as RejectedCalls;
  const door = new FrontDoor({} as Intake, rejected, {} as DataSource, {} as AppConfig, new Clock());
  const call = (body: Buffer): Promise<number> => door.receive({ candidates: () => [], readEvent: () => null, body, headers: {} }).then(() => 200, (problem: Problem) => problem.getStatus());

  it('are to come again beyond 64 megabytes together, and there is room again afterwards', async () => {
    for (let round = 0; round < 2; round += 1) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => call(TEN_MEGABYTES)));
      expect(answers.filter((status) => status === 403)).toHaveLength(AT_ONCE + 6);
      expect(answers.filter((status) => status === 503)).toHaveLength(6);
    }
    expect(counted).toHaveLength(2 * (AT_ONCE + 6));
  });
});
