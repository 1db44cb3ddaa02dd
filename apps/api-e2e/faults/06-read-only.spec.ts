/** Row 6: the database takes no writes (its disk is full, or it became a standby). Doors say so, and go on by themselves afterwards. */
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { fault } from './figures.js';
import { Installation } from './installation.js';

describe('A database that takes no writes', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 300_000);

  afterAll(() => installation?.close());

  fault(6, 'a read-only database is answered with 503, shows in the health, and needs no restart', async (figures) => {
    await readOnly(true);
    const parcels = installation.mixed(40, 10);
    const first = await Promise.all(parcels.map((parcel) => installation.knock(parcel)));
    const ready = await eventually(() => statuses('/readyz'), (seen) => seen.every((status) => status === 503), 'all processes to tell that they are not ready', 30_000);
    const alive = await statuses('/healthz');
    await readOnly(false);
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await eventually(() => statuses('/readyz'), (seen) => seen.every((status) => status === 200), 'all processes to be ready again', 30_000);
    await installation.settled(parcels);

    figures.condition('default_transaction_read_only of the database, all connections made anew');
    figures.exactly('answers other than 503', first.filter((one) => one.status !== 503).length, 0);
    figures.exactly('of them without Retry-After', first.filter((one) => one.retryAfter === null).length, 0);
    figures.exactly('/readyz of the four processes', ready.join(), '503,503,503,503');
    figures.exactly('/healthz of the four processes', alive.join(), '200,200,200,200');
    await installation.expectOneOfEach(figures, parcels);
  });

  function statuses(path: string): Promise<number[]> {
    return Promise.all(installation.processes.places.map(async (place) => (await fetch(`${place.url}${path}`)).status));
  }

  async function readOnly(on: boolean): Promise<void> {
    const name = new URL(installation.stage.database.url).pathname.slice(1);
    await installation.database.query('SET default_transaction_read_only = off');
    await installation.database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${on ? 'on' : 'off'}`);
    await installation.database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'openhands-jira%' AND datname = current_database()`);
  }
});
