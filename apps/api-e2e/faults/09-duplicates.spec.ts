/** Row 9: Jira sends each delivery twenty times at once, to four replicas. */
import { atOnce, scaled } from './chance.js';
import { fault } from './figures.js';
import { Installation } from './installation.js';

const DELIVERIES = scaled(500);
const COPIES = 20;
const LANES = 100;

describe('Four doors and twenty copies of each delivery', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open({ doors: 4, workers: 2 });
  }, 300_000);

  afterAll(() => installation?.close());

  fault(9, 'twenty copies of a trigger at once are one row and one start', async (figures) => {
    const parcels = Array.from({ length: DELIVERIES }, () => installation.asks());
    const copies = parcels.flatMap((parcel) => Array.from({ length: COPIES }, () => parcel));
    const answers = await atOnce(copies, LANES, (parcel, index) => installation.knock(parcel, installation.doors[index % 4]));
    await installation.settled(parcels);
    const { rows } = await installation.database.query<{ rows: number; duplicates: number }>('SELECT count(*)::int AS rows, sum(duplicates)::int AS duplicates FROM deliveries WHERE identifier = ANY($1::text[])', [parcels.map((one) => one.identifier)]);

    figures.condition(`${DELIVERIES} triggers x ${COPIES} copies over 4 doors, ${LANES} at the same time`);
    figures.exactly('answers other than 200 and 503', answers.filter((one) => one.status !== 200 && one.status !== 503).length, 0);
    figures.within('answers of 503', answers.filter((one) => one.status === 503).length, 0, '');
    figures.exactly('rows', rows[0]!.rows, DELIVERIES);
    figures.exactly('copies counted', rows[0]!.duplicates, DELIVERIES * (COPIES - 1));
    await installation.expectOneOfEach(figures, parcels);
  });
});
