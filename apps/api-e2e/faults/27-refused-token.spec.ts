/** Row 27: the token of the service account is taken back while jobs wait. There is no storm of calls, and a new token sets all going. */
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { pause, scaled } from './chance.js';
import { fault } from './figures.js';
import { Installation } from './installation.js';
import { seeCalls } from './seen-calls.js';

const JOBS = scaled(20);
/** A call is tried with both schemes that Jira may want. */
const CALLS_TO_FIND_OUT = 2;
const WATCHED_MS = 5000;

describe('A service account whose token is taken back', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 300_000);

  afterAll(() => installation?.close());

  fault(27, 'a refused token is tried by nobody again until it is replaced, and nothing is lost', async (figures) => {
    const { atlassian } = installation.stage.sandbox;
    atlassian.standIn.faults.add({ effect: { kind: 'status', status: 401, body: { code: 401, message: 'Unauthorized' } }, path: '/rest/api/', times: Infinity });
    const calls = seeCalls(atlassian.standIn);
    const first = installation.asks();
    await installation.carry(first);
    await eventually(() => needsAttention(), Boolean, 'the connection to need attention', 60_000);
    const found = calls.length;
    const more = Array.from({ length: JOBS }, () => installation.asks());
    await Promise.all(more.map((parcel) => installation.carry(parcel)));
    await pause(WATCHED_MS);
    const stormed = calls.length - found;
    atlassian.standIn.faults.clear();
    await installation.database.query('UPDATE connections SET service_account_saved_at = now() WHERE id = $1', [installation.connectionId]);
    const parcels = [first, ...more];
    await installation.settled(parcels);

    figures.condition(`1 trigger finds out, ${JOBS} more follow within ${WATCHED_MS / 1000} s, then new credentials are saved`);
    figures.atMost('calls until the connection needs attention', found, CALLS_TO_FIND_OUT);
    figures.exactly('calls with the refused token afterwards', stormed, 0);
    await installation.expectOneOfEach(figures, parcels);
  });

  async function needsAttention(): Promise<boolean> {
    const { rows } = await installation.database.query('SELECT 1 FROM connections WHERE id = $1 AND service_account_rejected_at IS NOT NULL', [installation.connectionId]);
    return rows.length > 0;
  }
});
