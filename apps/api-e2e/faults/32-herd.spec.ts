/** Row 32: a herd of deliveries over a thousand sockets at once, one in a hundred asks for work. */
import { atOnce, scaled } from './chance.js';
import { fault, percentile } from './figures.js';
import { Installation } from './installation.js';

const DELIVERIES = scaled(10_000);
const SOCKETS = scaled(1000);

describe('A thousand sockets at once', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 300_000);

  afterAll(() => installation?.close());

  fault(32, 'ten thousand deliveries over a thousand sockets are all taken', async (figures) => {
    const parcels = installation.mixed(DELIVERIES, 1);
    const answers = await atOnce(parcels, SOCKETS, (parcel) => installation.carry(parcel));
    await installation.settled(parcels);
    const first = answers.map((all) => all[0]!);

    figures.condition(`${DELIVERIES} deliveries over ${SOCKETS} sockets, 1 % ask for work, sent by the same machine`);
    figures.exactly('answers of 4xx', answers.flat().filter((one) => one.status !== null && one.status >= 400 && one.status < 500).length, 0);
    figures.within('not taken at once', first.filter((one) => one.status !== 200).length, 0, '');
    figures.within('p99 of the answers', percentile(first.map((one) => one.ms), 0.99), 1500);
    await installation.expectOneOfEach(figures, parcels);
  });
});
