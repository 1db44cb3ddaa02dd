/** Row 32: ten thousand deliveries at once over a thousand connections. All are stored, what they ask for is started once, and another tenant's deliveries are answered too. */
import { atRate, pause, scaled } from './chance.js';
import { fault, percentile } from './figures.js';
import { Sender } from '../src/sender.js';
import { Installation, type Parcel, requestOf } from './installation.js';
import { Tenants } from './tenants.js';

const DELIVERIES = scaled(10_000);
const SOCKETS = 1000;
const ASKING_PERCENT = 1;
const LONGEST_MS = 1500;
const QUIET_PER_SECOND = 20;
const QUIET_SAMPLE = 100;
const RESEND_MS = 200;

describe('Ten thousand deliveries at once', () => {
  let installation: Installation;
  let quietId: string;
  let senders: Sender[];

  beforeAll(async () => {
    const tenants = new Tenants();
    installation = await Installation.open({ settings: tenants.settings });
    quietId = (await tenants.add(installation, 1)).connectionId;
    senders = installation.doors.map((door) => new Sender(door.url, SOCKETS / installation.doors.length));
  }, 300_000);

  afterAll(async () => {
    for (const sender of senders ?? []) sender.close();
    await installation?.close();
  });

  fault(32, 'a herd of deliveries is let in, started once each, and does not shut out another tenant', async (figures) => {
    const parcels = installation.mixed(DELIVERIES, ASKING_PERCENT);
    const alone = await atRate(remarks(), QUIET_PER_SECOND, (parcel) => installation.carry(parcel));
    const herd = { over: false };
    const beside = quietUntil(herd);
    const began = Date.now();
    const answers = await Promise.all(senders.map((sender, index) => sender.all(parcels.filter((_, place) => place % senders.length === index), (parcel) => insist(sender, parcel), SOCKETS / senders.length)));
    const tookMs = Date.now() - began;
    herd.over = true;
    const others = (await beside).flat();
    await installation.settled(parcels);

    const first = answers.flat();
    const [p99Alone, p99Beside] = [alone.flat(), others].map((all) => percentile(all.map((one) => one.ms), 0.99));
    figures.condition(`${DELIVERIES} deliveries over ${SOCKETS} connections to ${senders.length} doors in ${(tookMs / 1000).toFixed(1)} s, ${ASKING_PERCENT} % ask for work`);
    figures.exactly('first answers other than 200 and 503', first.filter((one) => one.status !== 200 && one.status !== 503).length, 0);
    figures.within('first answers of 503', first.filter((one) => one.status === 503).length, 0, '');
    figures.within('p99 of the first answers', percentile(first.map((one) => one.ms), 0.99), LONGEST_MS);
    figures.within('p99 of another tenant', p99Beside!, Math.max(3 * p99Alone!, 50));
    await installation.expectOneOfEach(figures, parcels);
  });

  function remarks(): Parcel[] {
    return Array.from({ length: QUIET_SAMPLE }, () => installation.remark(2000, quietId));
  }

  async function quietUntil(herd: { over: boolean }): Promise<Awaited<ReturnType<Installation['carry']>>[]> {
    const answers = [];
    while (!herd.over) {
      answers.push(await installation.carry(installation.remark(2000, quietId)));
      await pause(1000 / QUIET_PER_SECOND);
    }
    return answers;
  }

  /** Jira's rule: again until it is taken. Gives the first answer. */
  async function insist(sender: Sender, parcel: Parcel): Promise<{ status: number; ms: number }> {
    let first: { status: number; ms: number } | undefined;
    while (parcel.acknowledged === 0) {
      const started = Date.now();
      const { path, headers } = requestOf(parcel);
      const { status } = await sender.send(path, { headers, body: parcel.body });
      first ??= { status, ms: Date.now() - started };
      if (status === 200) parcel.acknowledged += 1;
      else if (status < 500) throw new Error(`A delivery was answered with ${status}`);
      else await pause(RESEND_MS);
    }
    return first!;
  }
});
