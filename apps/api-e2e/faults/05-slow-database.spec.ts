/** Row 5: the database has no free connection, or does not answer for seconds. The door says so in time, and the process stays alive. */
import pg from 'pg';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { atRate, pause } from './chance.js';
import { fault, percentile } from './figures.js';
import { type Answered, Installation } from './installation.js';

const LOCKED_MS = 3000;
const PER_SECOND = 50;
const LEFT_FOR_US = 2;

describe('A database that is full, or busy', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 300_000);

  afterAll(() => installation?.close());

  fault(5, 'a table that is locked for three seconds is answered with 503 in time, and nothing piles up', async (figures) => {
    const before = await memory();
    const locker = new pg.Client({ connectionString: installation.stage.database.url });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE');
    const parcels = installation.mixed(((LOCKED_MS + 1000) / 1000) * PER_SECOND, 4);
    const health = healthTimes(LOCKED_MS + 1000);
    const sending = atRate(parcels, PER_SECOND, (parcel) => installation.knock(parcel));
    await pause(LOCKED_MS);
    await locker.query('COMMIT');
    await locker.end();
    const first = await sending;
    const times = await health;
    const refused = first.filter((one) => one.status !== 200);
    await Promise.all(parcels.map((parcel, index) => (first[index]!.status === 200 ? null : installation.carry(parcel))));
    await installation.settled(parcels);

    figures.condition(`LOCK TABLE deliveries for ${LOCKED_MS / 1000} s, ${PER_SECOND} deliveries a second`);
    tellRefusals(figures, refused);
    figures.atLeast('refused while it was locked', refused.length, 1);
    figures.within('p99 of /healthz', percentile(times, 0.99), 50);
    figures.atMost('memory that a door took more', (await memory()) - before, 100, 'MB');
    await installation.expectOneOfEach(figures, parcels);
  });

  fault(5, 'with two connections left for everybody, what is acknowledged is stored, and it recovers by itself', async (figures) => {
    const holders = await holdConnections();
    const parcels = installation.mixed(100, 10);
    const health = healthTimes(3000);
    const first = await atRate(parcels, PER_SECOND, (parcel) => installation.knock(parcel));
    const times = await health;
    await Promise.all(holders.map((one) => one.end()));
    await Promise.all(parcels.map((parcel, index) => (first[index]!.status === 200 ? null : installation.carry(parcel))));
    await installation.settled(parcels);

    figures.condition(`${holders.length} connections held by others, their limit reached; ${first.filter((one) => one.status === 200).length} of ${parcels.length} were taken meanwhile`);
    tellRefusals(figures, first.filter((one) => one.status !== 200));
    figures.within('p99 of /healthz', percentile(times, 0.99), 50);
    await installation.expectOneOfEach(figures, parcels);
  });

  function tellRefusals(figures: Parameters<Parameters<typeof fault>[2]>[0], refused: Answered[]): void {
    figures.exactly('refusals other than 503', refused.filter((one) => one.status !== 503).length, 0);
    figures.exactly('of them without Retry-After', refused.filter((one) => one.retryAfter === null).length, 0);
    figures.within('slowest refusal', Math.max(0, ...refused.map((one) => one.ms)), 3000);
  }

  /** Our own connections are cut, and somebody else takes all places of the database but two. */
  async function holdConnections(): Promise<pg.Client[]> {
    await installation.database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'openhands-jira%' AND datname = current_database()`);
    const holders: pg.Client[] = [];
    for (;;) {
      const client = new pg.Client({ connectionString: installation.stage.database.url, application_name: 'somebody else' });
      client.on('error', () => undefined);
      if (await client.connect().then(() => false, () => true)) break;
      holders.push(client);
    }
    await Promise.all(holders.splice(0, LEFT_FOR_US).map((one) => one.end()));
    return holders;
  }

  async function healthTimes(forMs: number): Promise<number[]> {
    const [times, end] = [[] as number[], Date.now() + forMs];
    while (Date.now() < end) {
      const started = performance.now();
      const answer = await fetch(`${installation.doors[0]!.url}/healthz`);
      await answer.text();
      if (answer.status !== 200) throw new Error(`/healthz answered ${answer.status}`);
      times.push(performance.now() - started);
      await pause(20);
    }
    return times;
  }

  /** Resident memory of the first door in MB, by its own metrics. */
  async function memory(): Promise<number> {
    const headers = { authorization: 'Bearer the-administrator-token-of-the-stories' };
    const text = await eventually(async () => (await fetch(`${installation.doors[0]!.url}/metrics`, { headers })).text(), (seen) => seen.includes('process_resident_memory_bytes'), 'the metrics of a door');
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)![1]) / 1e6;
  }
});
