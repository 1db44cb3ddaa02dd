/** Which line a call joins before anything of it is read. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { CallTurns } from './call-turns.js';
import type { WebhookDoor } from './connections/webhook-secrets.service.js';

const MET = '018f3c2a-7a11-7000-8000-00000000000a';
const NEW = '018f3c2a-7a11-7000-8000-00000000000b';

describe('The turns of calls', () => {
  let served: string[];

  beforeEach(() => {
    served = [];
  });

  function turns(of: (id: string) => null | Promise<WebhookDoor | null> = (id) => Promise.resolve(id === NEW ? ({ id } as WebhookDoor) : null)): CallTurns {
    return new CallTurns({ isKnown: (id) => id === MET, of });
  }

  async function all(count: number): Promise<void> {
    while (served.length < count) await nextTurn();
  }

  /** Three hundred calls to connections that nobody has, and then those of somebody. */
  async function behindStrangers(some: CallTurns, ids: string[]): Promise<number> {
    for (let number = 0; number < 300; number += 1) some.begin(randomUUID(), () => served.push('stranger'), () => false);
    await nextTurn();
    for (const id of ids) some.begin(id, () => served.push('company'), () => false);
    await all(300 + ids.length);
    return served.lastIndexOf('company');
  }

  it('let a company pass hundreds of strangers', async () => {
    expect(await behindStrangers(turns(), [MET, MET])).toBeLessThan(60);
  });

  it('let also a company pass that this process has not met yet', async () => {
    expect(await behindStrangers(turns(), [NEW])).toBeLessThan(60);
  });

  it('know a connection also when its id is written in capitals', async () => {
    expect(await behindStrangers(turns(), [MET.toUpperCase()])).toBeLessThan(60);
  });

  it('serve everybody also while nobody can be looked up', async () => {
    const some = turns(() => Promise.reject(new Error('the database is away')));
    for (let number = 0; number < 50; number += 1) some.begin(NEW, () => served.push('company'), () => false);
    await all(50);
  });

  it('are at once for the shared address, which names nobody', () => {
    const some = turns();
    for (let number = 0; number < 100; number += 1) some.begin(undefined, () => served.push('company'), () => false);
    expect(served).toHaveLength(100);
  });
});
