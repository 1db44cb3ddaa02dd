/** Row 14: five hundred connections that send one byte a second, half of them within the headers, half within the body. They are cut, and nobody else waits. */
import { connect, type Socket } from 'node:net';
import { atRate, pause } from './chance.js';
import { fault, percentile } from './figures.js';
import { Installation } from './installation.js';

const SENDERS = 500;
const LONGEST_MS = 15_000;
const USUAL_PER_SECOND = 20;
const USUAL_SECONDS = 10;

describe('Senders that are as slow as they can', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open({ doors: 1, workers: 1 });
  }, 120_000);
  afterAll(() => installation?.close());

  fault(14, 'connections that send a byte a second are closed within fifteen seconds, and usual deliveries do not wait for them', async (figures) => {
    const quiet = await usual();
    const senders = Array.from({ length: SENDERS }, (_, at) => new SlowSender(installation.doors[0]!.url, at % 2 === 0 ? 'headers' : 'body', installation.connectionId));
    const meanwhile = await usual();
    await pause(LONGEST_MS - USUAL_SECONDS * 1000 + 2000);
    const lives = senders.map((sender) => sender.lived);
    for (const sender of senders) sender.end();

    figures.condition(`${SENDERS} slow connections beside ${USUAL_PER_SECOND} deliveries a second`);
    figures.exactly('slow connections that were closed', lives.filter((ms) => ms !== null).length, SENDERS);
    figures.within('longest life of a slow connection', Math.max(...lives.map((ms) => ms ?? Infinity)), LONGEST_MS);
    figures.exactly('usual deliveries not answered with 200', [...quiet, ...meanwhile].filter((one) => one.status !== 200).length, 0);
    const [before, during] = [quiet, meanwhile].map((answers) => percentile(answers.map((one) => one.ms), 0.99));
    figures.within('p99 of usual deliveries meanwhile', during!, Math.max(2 * before!, 20));
  });

  const usual = () => atRate(Array.from({ length: USUAL_PER_SECOND * USUAL_SECONDS }, () => installation.remark()), USUAL_PER_SECOND, (parcel) => installation.knock(parcel));
});

/** One connection that sends a byte a second, until it is closed. */
class SlowSender {
  /** Milliseconds until the service closed it; null while it is open. */
  lived: number | null = null;
  private readonly socket: Socket;
  private readonly timer: NodeJS.Timeout;

  constructor(url: string, where: 'headers' | 'body', connectionId: string) {
    const { hostname, port } = new URL(url);
    const started = Date.now();
    const beginning = `POST /integration/jira/connections/${connectionId}/events HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n`;
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.on('error', () => undefined).on('data', () => undefined);
    this.socket.once('close', () => (this.lived ??= Date.now() - started));
    this.socket.write(where === 'headers' ? beginning : `${beginning}content-length: 100000\r\n\r\n`);
    this.timer = setInterval(() => this.socket.writable && this.socket.write('x'), 1000);
  }

  end(): void {
    clearInterval(this.timer);
    this.socket.destroy();
  }
}
