/** Row 13: the clocks of the replicas are ten minutes wrong, in both directions. Leases go by the clock of the database. */
import { scaled } from './chance.js';
import { fault } from './figures.js';
import { Installation } from './installation.js';

const JOBS = scaled(50);
const SKEW_MS = 10 * 60_000;

describe('Replicas whose clocks are wrong', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open({ stepsPerLook: 1, settings: { CLOCK_SHIFTS_MS: [0, 0, SKEW_MS, -SKEW_MS].join(',') } });
  }, 300_000);

  afterAll(() => installation?.close());

  fault(13, 'clocks that are ten minutes wrong lead to no second start and no second comment', async (figures) => {
    const { standIn } = installation.stage.sandbox.atlassian;
    // Something has to be tried again, because that is where times are compared.
    standIn.faults.add({ effect: { kind: 'lost-answer' }, method: 'POST', path: /\/comment$/, times: 5 });
    standIn.faults.add({ effect: { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, method: 'GET', path: '/rest/api/', times: 2 });
    const parcels = Array.from({ length: JOBS }, () => installation.asks());
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await installation.workers[0]!.kill();
    await installation.workers[0]!.start();
    installation.hurryAgent();
    await installation.settled(parcels);

    figures.condition(`${JOBS} triggers; one worker's clock 10 minutes fast, the other's 10 minutes slow; the fast one is killed once; 5 answers lost, 2 refusals`);
    await installation.expectOneOfEach(figures, parcels);
  });
});
