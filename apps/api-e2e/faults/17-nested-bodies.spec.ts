/** Row 17: bodies nested a hundred thousand and a million times, rightly signed. They are refused at once, and nobody else waits. */
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';
import { CREDENTIALS } from '../src/stage.js';
import { Sender } from '../src/sender.js';
import { pause } from './chance.js';
import { fault } from './figures.js';
import { Installation } from './installation.js';

const DEPTHS = [100_000, 1_000_000];

describe('Bodies that are nested without end', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open({ doors: 1, workers: 1 });
  }, 120_000);
  afterAll(() => installation?.close());

  fault(17, 'a body that is nested a million times is refused, and the process answers others meanwhile', async (figures) => {
    const [{ url }, sender] = [installation.doors[0]!, new Sender(installation.doors[0]!.url)];
    const path = `/integration/jira/connections/${installation.connectionId}/events`;
    const bodies = DEPTHS.flatMap((depth) => [['[', ']'], ['{"a":', '}'], ['[', ''], ['[{"x":"\\"",' + '"y":', '}]']].map(([open = '', close = '']) => Buffer.from(`{"webhookEvent":"comment_created","comment":${open.repeat(depth)}1${close.repeat(depth)}}`)));
    // Signed beforehand: signing keeps this process busy as long as the check keeps the service, and the waits are measured here.
    const signed = bodies.map((body) => ({ body, headers: { 'content-type': 'application/json', 'x-hub-signature': sign(CREDENTIALS.webhookSecret, body) } }));
    const waits: number[] = [];
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        const started = performance.now();
        await sender.send('/healthz', { method: 'GET' });
        waits.push(performance.now() - started);
        await pause(2);
      }
    })();
    const statuses: number[] = [];
    for (const call of signed) statuses.push((await sender.send(path, call)).status);
    isOver = true;
    await watching;
    sender.close();

    figures.condition(`${bodies.length} bodies of up to ${Math.round(Math.max(...bodies.map((one) => one.length)) / 1e6)} MB at ${new URL(url).host.split(':')[0]}, with ${waits.length} other requests`);
    figures.exactly('refused with 400', statuses.filter((status) => status === 400).length, statuses.length - statuses.filter((status) => status === 413).length);
    figures.exactly('errors of ours', statuses.filter((status) => status >= 500).length, 0);
    figures.within('longest wait of another request', Math.max(...waits), 50);
    figures.exactly('processes that ended by themselves', installation.doors[0]!.endedByThemselves, 0);
  });
});
