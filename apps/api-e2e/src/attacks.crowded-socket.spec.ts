/** Somebody who writes request after request over one socket and never waits for an answer: what waits for its turn would fill the memory. */
import { connect } from 'node:net';
import { DataSource } from 'typeorm';
import { CREDENTIALS, Stage } from './stage.js';
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';

const MANY = 5000;
/** More than anybody has a reason to send ahead. */
const ORDINARY = 32;

let stage: Stage;
let connectionId: string;

beforeAll(async () => {
  stage = await Stage.open();
  connectionId = await stage.connectWorkspace(await stage.signIn('ada'));
}, 60_000);

afterAll(() => stage.close());

/** A call of Jira as it goes over the wire; `door` may be one that does not exist. */
function call(door: string, number: number): string {
  const body = JSON.stringify({ webhookEvent: 'jira:issue_updated', timestamp: number, issue: { id: '1', key: 'SHOP-1' } });
  const signature = sign(CREDENTIALS.webhookSecret, body);
  return `POST /integration/jira/connections/${door}/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-hub-signature: ${signature}\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`;
}

/** Writes them all at once. Gives the status codes that came until the service closed the socket, or until there is one for each. */
function answersTo(calls: string[]): Promise<{ statuses: string[]; closed: boolean }> {
  return new Promise((resolve) => {
    let text = '';
    const statuses = (): string[] => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status!);
    const socket = connect(Number(new URL(stage.url).port), '127.0.0.1', () => socket.write(calls.join('')));
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (statuses().length < calls.length) return;
      resolve({ statuses: statuses(), closed: false });
      socket.destroy();
    });
    socket.on('error', () => undefined).on('close', () => resolve({ statuses: statuses(), closed: true }));
  });
}

describe('A socket on which many calls wait for their answers', () => {
  it.each(['', '00000000-0000-7000-8000-000000000000', 'no-id'])('is closed, whosever door it is (%p)', async (door) => {
    const { statuses, closed } = await answersTo(Array.from({ length: MANY }, (_, number) => call(door || connectionId, number)));
    expect(closed).toBe(true);
    expect(statuses.length).toBeLessThan(MANY / 10);
  });

  it('is closed also where it asks for pages', async () => {
    const { closed } = await answersTo(Array.from({ length: MANY }, () => 'GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n'));
    expect(closed).toBe(true);
  });

  it('is closed also where Node itself would refuse what is expected of it', async () => {
    const { closed } = await answersTo(['GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n', ...Array.from({ length: MANY }, () => 'GET /healthz HTTP/1.1\r\nhost: localhost\r\nexpect: wonders\r\n\r\n')]);
    expect(closed).toBe(true);
  });

  it('is closed also where requests without a host wait behind one that takes long', async () => {
    const lock = stage.inside(DataSource).createQueryRunner();
    await lock.startTransaction();
    await lock.query('LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE');
    const slow = 'GET /api/v1/deliveries/00000000-0000-7000-8000-000000000000/decision HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const nameless = Array.from({ length: MANY }, () => 'GET /healthz HTTP/1.1\r\n\r\n');
    try {
      expect(await answersTo([slow, ...nameless])).toEqual({ statuses: [], closed: true });
    } finally {
      await lock.rollbackTransaction();
      await lock.release();
    }
    expect(await answersTo(nameless)).toEqual({ statuses: ['400'], closed: true });
  });

  it(`is served as long as there are no more than ${ORDINARY}, in their order`, async () => {
    const { statuses, closed } = await answersTo(Array.from({ length: ORDINARY }, (_, number) => call(connectionId, 100_000 + number)));
    expect([statuses, closed]).toEqual([Array.from({ length: ORDINARY }, () => '200'), false]);
  });
});
