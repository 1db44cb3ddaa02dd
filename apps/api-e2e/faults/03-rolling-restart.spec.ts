/** Row 3: an update under load. Every process is stopped in order and started again, one door and one worker at a time. */
import { eventually } from '../../../tools/sandbox/waiting.ts';
import type { Ending, ProcessPlace } from '../src/processes.js';
import { atRate } from './chance.js';
import { fault } from './figures.js';
import { type Answered, Installation, type Parcel } from './installation.js';

const PER_SECOND = 200;
const ASKING_PERCENT = 2;
const BATCH = 100;
const HANGING = 4;
/** Longer than the service waits for an answer, and longer than it may take to end. */
const HANG_MS = 25_000;
const LONGEST_END_MS = 20_000;

describe('A rolling restart at 200 deliveries a second', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open({ stepsPerLook: 1 });
  }, 300_000);

  afterAll(() => installation?.close());

  fault(3, 'an update of all processes under load is not noticed by Jira, and costs no attempt', async (figures) => {
    const began = new Date();
    const parcels: Parcel[] = [];
    const answers: Answered[] = [];
    const update = { over: false };
    const sending = sendUntil(update, parcels, answers);
    const endings: Ending[] = [];
    for (const half of [0, 1]) endings.push(...(await replace([installation.doors[half]!, installation.workers[half]!])));
    update.over = true;
    await sending;
    installation.hurryAgent();
    await installation.settled(parcels);

    figures.condition(`${parcels.length} deliveries at ${PER_SECOND}/s, ${ASKING_PERCENT} % ask for work; SIGTERM to ${endings.length} processes, two at a time`);
    const cut = answers.filter((one) => one.status === null);
    for (const text of new Set(cut.map((one) => one.text))) figures.condition(`cut off: ${text}`);
    figures.exactly('deliveries that were cut off', cut.length, 0);
    figures.exactly('answers other than 200 and 503', answers.filter((one) => one.status !== null && one.status !== 200 && one.status !== 503).length, 0);
    figures.within('answers of 503', answers.filter((one) => one.status === 503).length, 0, '');
    figures.exactly('exit codes other than 0', endings.filter((one) => one.code !== 0).length, 0);
    figures.within('longest drain', Math.max(...endings.map((one) => one.ms)), 10_000);
    await installation.expectOneOfEach(figures, parcels);
    const { rows } = await installation.database.query<{ count: number }>('SELECT count(*)::int AS count FROM queue.job WHERE created_on >= $1 AND retry_count > 0', [began]);
    figures.exactly('entries that lost an attempt', rows[0]!.count, 0);
  });

  fault(3, 'workers whose calls hang end all the same, and others carry their work out once', async (figures) => {
    const { standIn } = installation.stage.sandbox.atlassian;
    standIn.faults.add({ method: 'POST', path: /\/comment$/, effect: { kind: 'delay', ms: HANG_MS }, times: HANGING });
    const parcels = Array.from({ length: HANGING }, () => installation.asks());
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await eventually(() => standIn.faults.list().length, (left) => left === 0, 'all those calls to hang');
    const endings = await replace(installation.workers);
    await installation.settled(parcels);

    figures.condition(`${HANGING} comments that Jira stores and does not answer for ${HANG_MS / 1000} s; SIGTERM to all workers meanwhile`);
    figures.exactly('exit codes other than 0', endings.filter((one) => one.code !== 0).length, 0);
    figures.atMost('longest end', Math.max(...endings.map((one) => one.ms)), LONGEST_END_MS, 'ms');
    await installation.expectOneOfEach(figures, parcels);
  });

  /** An orchestrator takes them out of the load balancer, stops them, and starts new ones. */
  async function replace(places: ProcessPlace[]): Promise<Ending[]> {
    const endings = await Promise.all(places.map((place) => place.stop()));
    await Promise.all(places.map((place) => place.start()));
    return endings;
  }

  async function sendUntil(update: { over: boolean }, parcels: Parcel[], answers: Answered[]): Promise<void> {
    while (!update.over) {
      const batch = installation.mixed(BATCH, ASKING_PERCENT);
      parcels.push(...batch);
      answers.push(...(await atRate(batch, PER_SECOND, (parcel) => installation.carry(parcel))).flat());
    }
  }
});
