/** Row 1: a door dies between the receipt of a delivery and its commit. What it acknowledged must not be lost, and nothing starts twice. */
import type { ProcessPlace } from '../src/processes.js';
import { atRate, pause, scaled } from './chance.js';
import { fault } from './figures.js';
import { type Answered, Installation } from './installation.js';

const KILLS = scaled(10);
const DELIVERIES = KILLS * 200;
const PER_SECOND = 500;
const ASKING_PERCENT = 10;

describe('Two doors, of which one is killed again and again', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 300_000);

  afterAll(() => installation?.close());

  fault(1, 'a door that is killed between receipt and commit loses nothing that it acknowledged', async (figures) => {
    const parcels = installation.mixed(DELIVERIES, ASKING_PERCENT);
    const answers: Answered[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const share = parcels.slice((kill * DELIVERIES) / KILLS, ((kill + 1) * DELIVERIES) / KILLS);
      const sending = atRate(share, PER_SECOND, (parcel) => installation.carry(parcel));
      const replacing = killAndReplace(installation.doors[kill % 2]!, (share.length / PER_SECOND) * 1000);
      answers.push(...(await sending).flat());
      await replacing;
    }
    await installation.settled(parcels);
    figures.condition(`${DELIVERIES} deliveries in bursts at ${PER_SECOND}/s, ${ASKING_PERCENT} % ask for work, a kill in each of ${KILLS} bursts`);
    figures.condition(`${answers.filter((one) => one.status !== 200).length} were not answered with 200 and sent again`);
    figures.exactly('answers of 4xx', answers.filter((one) => one.status !== null && one.status >= 400 && one.status < 500).length, 0);
    await installation.expectOneOfEach(figures, parcels);
  });

  /** A death at some moment while deliveries come in; the place is taken by a new process, as an orchestrator does. */
  async function killAndReplace(door: ProcessPlace, withinMs: number): Promise<void> {
    await pause(installation.random() * withinMs);
    await door.kill();
    await door.start();
  }
});
