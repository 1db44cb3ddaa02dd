/** Row 34: one request in a hundred can never be decided. It ends in the dead letters, others do not notice, and it can be run again. */
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { scaled } from './chance.js';
import { fault, percentile } from './figures.js';
import { Installation, type Parcel } from './installation.js';

const TRIGGERS = scaled(100);
const TRIES = 4;

describe('A request that always fails', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open({ doors: 1, workers: 1 });
    // The same number of pauses as ever would take half an hour.
    await installation.database.query(`UPDATE queue.queue SET retry_limit = ${TRIES - 1}, retry_delay = 1, retry_delay_max = 1, retry_backoff = false WHERE name = 'triage'`);
  }, 300_000);

  afterAll(() => installation?.close());

  fault(34, 'a request that always fails ends by itself, and runs once when it is run again', async (figures) => {
    const quiet = await acknowledged(Array.from({ length: TRIGGERS - 1 }, () => installation.asks()));
    const { github } = installation.stage.sandbox;
    github.addRepository('Acme/poison', { rights: { ada: 'admin', ben: 'write' } });
    github.standIn.faults.add({ effect: { kind: 'status', status: 500 }, path: '/repos/Acme/poison', times: Infinity });
    const poison = installation.asks(undefined, { description: 'Repository: Acme/poison' });
    await installation.carry(poison);
    const others = Array.from({ length: TRIGGERS - 1 }, () => installation.asks());
    const loaded = await acknowledged(others);
    const dead = await eventually(() => delivery(poison), (one) => one.outcome === 'failed', 'the request to be given up', 120_000);
    github.standIn.faults.clear();
    const again = await Promise.all([replay(dead.id), replay(dead.id)]);
    await installation.settled([poison]);
    await eventually(async () => (await Promise.all(again.map((id) => delivery({ id })))).map((one) => one.outcome), (seen) => !seen.includes('pending'), 'both repetitions to be decided');

    figures.condition(`1 of ${TRIGGERS} always fails, ${TRIES} tries with pauses of a second; run again twice at the same moment`);
    figures.exactly('its reason', dead.reason, 'git_provider_unreachable');
    figures.exactly('its tries', dead.attempts, TRIES);
    figures.exactly('starts after it was run again', installation.startsByIssue().get(poison.issueKey) ?? 0, 1);
    figures.within('p95 to the first comment of the others, against without it', loaded / quiet, 1.2, 'x');
    await installation.expectOneOfEach(figures, others);
  });

  /** Gives the p95 from receipt to the first comment, in milliseconds. */
  async function acknowledged(parcels: Parcel[]): Promise<number> {
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await installation.settled(parcels);
    const { rows } = await installation.database.query<{ ms: number }>(`SELECT extract(epoch FROM acknowledged_at - received_at)::float8 * 1000 AS ms FROM jobs WHERE issue_id = ANY($1::text[])`, [parcels.map((one) => one.issueId)]);
    return percentile(rows.map((row) => row.ms), 0.95);
  }

  async function delivery(which: { id: string } | Parcel): Promise<{ id: string; outcome: string; reason: string; attempts: number }> {
    const [column, value] = 'identifier' in which ? ['identifier', which.identifier] : ['id', which.id];
    const { rows } = await installation.database.query<{ id: string; outcome: string; reason: string; attempts: number }>(`SELECT id, outcome, reason, attempts FROM deliveries WHERE ${column} = $1`, [value]);
    return rows[0]!;
  }

  async function replay(id: string): Promise<string> {
    const { json } = await installation.ada.post(`/api/v1/deliveries/${id}/replay`);
    return json.deliveryId as string;
  }
});
