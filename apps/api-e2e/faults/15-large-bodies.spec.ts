/** Row 15: bodies of a hundred megabytes, with and without a length, and bodies that grow when they are unpacked. None of them fills the memory. */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { fault } from './figures.js';
import { Installation } from './installation.js';

const MEGABYTE = 1024 * 1024;
const LARGE = 100 * MEGABYTE;
const SENDERS = 20;
/** What all unfinished bodies may hold, plus what the runtime keeps of it for a while. */
const MOST_GROWTH = 160;

describe('Bodies that are too large', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open({ doors: 1, workers: 1 });
  }, 120_000);
  afterAll(() => installation?.close());

  fault(15, 'a body of a hundred megabytes is refused before it is read, or cut at twenty-five, and twenty at once do not fill the memory', async (figures) => {
    const zipped = gzipSync(Buffer.alloc(LARGE));
    const before = megabytesOf(installation.doors[0]!.pid!);
    const announced = await send({ 'content-length': String(LARGE) }, 0);
    const afterAnnounced = megabytesOf(installation.doors[0]!.pid!);
    const packed = await send({ 'content-encoding': 'gzip', 'content-length': String(zipped.length) }, zipped);
    let highest = 0;
    const watch = setInterval(() => (highest = Math.max(highest, megabytesOf(installation.doors[0]!.pid!))), 50);
    const endless = await Promise.all(Array.from({ length: SENDERS }, () => send({}, LARGE)));
    clearInterval(watch);
    const small = await eventually(() => installation.knock(installation.remark()), ({ status }) => status === 200, 'a usual delivery to pass');

    figures.condition(`${SENDERS} bodies of ${LARGE / MEGABYTE} MB at once without a length; Jira's own limit of 25 MB is ours`);
    figures.exactly('announced as too large: status', announced, 413);
    figures.atMost('growth by the announced one', Math.max(0, afterAnnounced - before), 20, 'MB');
    figures.exactly('packed: status', packed, 415);
    figures.exactly('endless ones that were taken', endless.filter((status) => ![413, 503, 0].includes(status)).length, 0);
    figures.atMost('growth by the endless ones', Math.max(0, highest - before), MOST_GROWTH, 'MB');
    figures.exactly('a usual delivery afterwards', small.status ?? 0, 200);
    figures.exactly('processes that ended by themselves', installation.doors[0]!.endedByThemselves, 0);
  });

  /** Gives the status of the answer; 0 when the connection was cut. */
  function send(headers: Record<string, string>, body: Buffer | number): Promise<number> {
    return new Promise((resolve) => {
      const call = request(`${installation.doors[0]!.url}/integration/jira/connections/${installation.connectionId}/events`, {
        method: 'POST', headers: { 'content-type': 'application/json', 'x-hub-signature': `sha256=${'0'.repeat(64)}`, ...headers },
      });
      call.on('response', (answer) => (answer.resume(), call.destroy(), resolve(answer.statusCode ?? 0)));
      call.on('error', () => resolve(0));
      if (typeof body !== 'number') return void call.end(body);
      call.flushHeaders();
      const piece = Buffer.alloc(MEGABYTE, 0x20);
      let left = body;
      const more = (): void => {
        if (left <= 0 || call.destroyed) return;
        left -= MEGABYTE;
        call.write(piece, more);
      };
      more();
    });
  }
});

/** Memory of a process that is resident now. */
function megabytesOf(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}
