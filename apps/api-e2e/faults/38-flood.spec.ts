/** Row 38: ten seconds of wrong signatures, as many as a sender can send. The log stays readable, and nothing is asked of the database for them. */
import { jest } from '@jest/globals';
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';
import { Sender } from '../src/sender.js';
import { Stage } from '../src/stage.js';
import { fault } from './figures.js';

const SECONDS = 10;
const LANES = 64;

describe('A flood of wrong signatures', () => {
  let stage: Stage;
  let id: string;
  let [lines, bytes] = [0, 0];

  beforeAll(async () => {
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      lines += text.toString().split('\n').length - 1;
      bytes += text.length;
      return true;
    });
    stage = await Stage.open({ LOG_LEVEL: 'info', LOG_FORMAT: 'json' });
    id = await stage.connectWorkspace(await stage.signIn('ada'));
  }, 60_000);

  afterAll(async () => {
    await stage?.close();
    jest.restoreAllMocks();
  });

  fault(38, 'leaves at most ten lines a second in the log', async (figures) => {
    const sender = new Sender(stage.url, LANES);
    const body = '{"webhookEvent":"something_new"}';
    const headers = { 'content-type': 'application/json', 'x-hub-signature': sign('a wrong secret', body) };
    const [linesBefore, bytesBefore, end] = [lines, bytes, Date.now() + SECONDS * 1000];
    const statuses = new Map<number, number>();
    let calls = 0;
    await sender.all(Array.from({ length: LANES }, (_, lane) => lane), async () => {
      while (Date.now() < end) {
        calls += 1;
        const { status } = await sender.send(`/integration/jira/connections/${id}/events`, { body, headers });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }, LANES);
    sender.close();
    figures.condition(`${calls} calls in ${SECONDS} s from one process`);
    figures.exactly('calls that were let in, or failed by a mistake of ours', [...statuses].filter(([status]) => ![403, 503].includes(status)).length, 0);
    figures.condition(`answers: ${[...statuses].map(([status, count]) => `${status} ${count} times`).join(', ')}`);
    figures.atMost('lines of log a second', (lines - linesBefore) / SECONDS, 10);
    figures.atMost('log', (bytes - bytesBefore) / 1e6, 1, 'MB');
  });
});
