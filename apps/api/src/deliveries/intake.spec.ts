import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Figures } from '../config/figures.js';
import type { Queue } from '../queue/queue.service.js';
import { type IncomingDelivery, Intake } from './intake.service.js';

/** A write that a test answers when it wants to; its rows are what the database would give. */
interface Write {
  rows: number;
  /** Ends it; the first so many of its rows were new, all of them when nothing is said. */
  finish: (fresh?: number) => void;
}

const COLUMNS = 21;

describe('Storing deliveries in groups', () => {
  const writes: Write[] = [];
  const db = {
    driver: {
      master: {
        query: (_text: string, values: string[]) =>
          new Promise((resolve) => {
            const ids = values.filter((_, index) => index % COLUMNS === 0);
            writes.push({ rows: ids.length, finish: (fresh) => resolve({ rows: ids.slice(0, fresh).map((id) => ({ id })) }) });
          }),
      },
    },
  } as unknown as DataSource;
  let intake: Intake;

  beforeEach(() => {
    jest.useFakeTimers();
    writes.length = 0;
    intake = new Intake(db, { add: () => undefined } as unknown as Queue, { decided: () => undefined } as unknown as Figures);
  });
  afterEach(() => jest.useRealTimers());

  it('writes what came together with one statement, and what comes meanwhile with the next', async () => {
    const first = [1, 2, 3].map(() => intake.accept(delivery()));
    await nextTurn();
    const later = [1, 2].map(() => intake.accept(delivery()));
    await nextTurn();
    expect(writes.map((write) => write.rows)).toEqual([3]);
    writes[0]!.finish();
    await Promise.all(first);
    await nextTurn();
    expect(writes.map((write) => write.rows)).toEqual([3, 2]);
    writes[1]!.finish();
    expect(await Promise.all(later)).toHaveLength(2);
  });

  it('goes on beside a write that is stuck, but beside one only', async () => {
    void intake.accept(delivery()).catch(() => undefined);
    await nextTurn();
    const next = intake.accept(delivery());
    await nextTurn();
    expect(writes).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(100);
    await nextTurn();
    expect(writes).toHaveLength(2);
    writes[1]!.finish();
    await next;
    const another = intake.accept(delivery());
    await nextTurn();
    expect(writes).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(100);
    void intake.accept(delivery()).catch(() => undefined);
    await nextTurn();
    expect(writes).toHaveLength(3);
    writes[2]!.finish();
    await another;
  });

  it('counts again, one by one, what could not be counted together, and writes nothing a second time', async () => {
    const counted: number[] = [];
    const count = (_sql: string, values: unknown[]) => {
      counted.push(values.length / 4);
      if (counted.length === 1) return Promise.reject(new Error('deadlock detected'));
      return Promise.resolve([[{ id: 'the first one', again: [values[0]] }], 1]);
    };
    Object.assign(db, { query: count });
    const accepted = [1, 2, 3].map(() => intake.accept(delivery()));
    await nextTurn();
    writes[0]!.finish(1);
    const repeated = { deliveryId: 'the first one', outcome: 'ignored', reason: 'duplicate_delivery' };
    expect(await Promise.all(accepted)).toEqual([expect.objectContaining({ outcome: delivery().outcome }), repeated, repeated]);
    expect([counted, writes.length]).toEqual([[2, 1, 1], 1]);
  });

  it('tells the sender to come again when the write takes two seconds', async () => {
    const lost = intake.accept(delivery());
    await nextTurn();
    const told = expect(lost).rejects.toThrow('could not be stored');
    await jest.advanceTimersByTimeAsync(2000);
    await told;
  });
});

/** Lets go what was put off to the next turn of the event loop; what a timer put off counts as a millisecond away. */
function nextTurn(): Promise<void> {
  return jest.advanceTimersByTimeAsync(1);
}

function delivery(): IncomingDelivery {
  const receivedAt = new Date();
  return {
    connectionId: '019d0000-0000-7000-8000-000000000001', origin: 'webhook', originDeliveryId: null, identifier: null, bodyHash: randomBytes(32), body: Buffer.from('{}'), headers: {}, signedWith: 'current',
    event: 'jira:issue_updated', issueId: '1', issueKey: 'SHOP-1', actorId: null, actorName: null, triggerKey: null, receivedAt, outcome: 'ignored', reason: 'no_mention_no_label', detail: null, trace: [],
  };
}
