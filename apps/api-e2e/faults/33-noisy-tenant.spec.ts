/**
 * Row 33: fifty tenants, one of which asks for most of everything, at once. The quiet ones are answered nearly as fast as if they
 * were alone. `FAULTS_NOISE=5000` is the whole row, by hand.
 */
import { atRate, pause } from './chance.js';
import { fault, percentile } from './figures.js';
import { Installation, type Parcel } from './installation.js';
import { type Tenant, Tenants } from './tenants.js';

const NOISE = Number(process.env.FAULTS_NOISE ?? 200);
const QUIET_TENANTS = 49;
const QUIET_PER_SECOND = 4;
const PATIENCE_MS = 120_000;

describe('Fifty tenants, one of them noisy', () => {
  let installation: Installation;
  let tenants: Tenants;
  let quiet: Tenant[];

  beforeAll(async () => {
    tenants = new Tenants();
    installation = await Installation.open({ stepsPerLook: 1, settings: tenants.settings });
    quiet = [];
    for (let number = 1; number <= QUIET_TENANTS; number += 1) quiet.push(await tenants.add(installation, number));
  }, 300_000);

  afterAll(() => installation?.close());

  fault(33, 'a tenant with most of the load keeps the others waiting hardly longer', async (figures) => {
    const before = await answered(askEach());
    const noise = Array.from({ length: NOISE }, () => installation.asks());
    const noisy = Promise.all(noise.map((parcel) => installation.carry(parcel)));
    const during = await answered(askEach());
    await noisy;
    const still = await unsettled(noise);
    installation.hurryAgent();
    await installation.settled(noise);

    const [alone, beside] = [before, during].map((times) => percentile(times.filter((ms) => ms !== null), 0.95));
    figures.condition(`${QUIET_TENANTS} quiet tenants with one trigger each at ${QUIET_PER_SECOND}/s; one noisy tenant with ${NOISE} triggers at once, of which ${still} were unanswered when the quiet ones had been answered`);
    figures.exactly('quiet triggers without a comment', [...before, ...during].filter((ms) => ms === null).length, 0);
    figures.within('trigger to comment of quiet tenants, p95', beside!, Math.max(2 * alone!, 50));
    await installation.expectOneOfEach(figures, noise);
  });

  /** One trigger of each quiet tenant. */
  function askEach(): { tenant: Tenant; parcel: Parcel }[] {
    return quiet.map((tenant) => ({ tenant, parcel: tenant.asks() }));
  }

  /** Milliseconds from each trigger to its first comment. */
  function answered(asked: { tenant: Tenant; parcel: Parcel }[]): Promise<(number | null)[]> {
    return atRate(asked, QUIET_PER_SECOND, async ({ tenant, parcel }) => {
      const started = Date.now();
      await installation.carry(parcel);
      while (!tenant.commentedAt.has(parcel.issueId) && Date.now() - started < PATIENCE_MS) await pause(10);
      const at = tenant.commentedAt.get(parcel.issueId);
      return at === undefined ? null : at - started;
    });
  }

  async function unsettled(parcels: Parcel[]): Promise<number> {
    const { rows } = await installation.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM jobs WHERE issue_id = ANY ($1::text[]) AND acknowledged_at IS NOT NULL`, [parcels.map((one) => one.issueId)]);
    return parcels.length - rows[0]!.count;
  }
});
