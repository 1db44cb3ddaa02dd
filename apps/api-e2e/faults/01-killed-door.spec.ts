/** Row 1: a door dies between the receipt of a delivery and its commit. What it acknowledged must not be lost, and nothing starts twice. */
import { atRate, pause } from './chance.js';
import { fault } from './figures.js';
import { Installation } from './installation.js';

const DELIVERIES = 2000;
const PER_SECOND = 500;
const KILLS = 10;
const ASKING_PERCENT = 10;

describe('Two doors, of which one is killed again and again', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 120_000);

  afterAll(() => installation?.close());

  fault(1, 'a door that is killed between receipt and commit loses nothing that it acknowledged', async (figures) => {
    const parcels = installation.mixed(DELIVERIES, ASKING_PERCENT);
    const sending = atRate(parcels, PER_SECOND, (parcel) => installation.carry(parcel));
    const kills = killDoors();
    const answers = (await sending).flat();
    await kills;
    await installation.settled(parcels);
    const tally = await installation.tally(parcels);

    figures.condition(`${DELIVERIES} deliveries at ${PER_SECOND}/s, ${ASKING_PERCENT} % ask for work, ${KILLS} kills`);
    figures.condition(`${answers.filter((one) => one.status === null).length} deliveries were cut off and sent again`);
    figures.exactly('deliveries stored in the end', tally.acknowledged, DELIVERIES);
    figures.exactly('acknowledged and lost', tally.lost, 0);
    figures.exactly('stored twice', tally.storedTwice, 0);
    figures.exactly('triggers without exactly one finished job', tally.withoutJob, 0);
    figures.exactly('second starts', tally.secondStarts, 0);
    figures.exactly('issues that were not told once', tally.wronglyTold, 0);
    figures.exactly('processes that ended by themselves', tally.died, 0);
  });

  /** Ten deaths while deliveries come in; the place is taken by a new process, as an orchestrator does. */
  async function killDoors(): Promise<void> {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await pause(installation.random() * ((DELIVERIES / PER_SECOND) * 1000) / KILLS);
      const door = installation.doors[kill % 2]!;
      await door.kill();
      await door.start();
    }
  }
});
