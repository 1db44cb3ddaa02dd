/**
 * Row 33: fifty tenants, one of which asks for most of everything. It begins with 200 requests at once and always has as many that are not
 * answered. The quiet ones are answered nearly as fast as if they were alone. `FAULTS_NOISE=5000` is the whole row, by hand.
 */
import { Line } from '../../../tools/bench/line.ts';
import { atRate } from './chance.js';
import { fault, percentile } from './figures.js';
import { Installation, type Parcel, wholeRequest } from './installation.js';
import { type Tenant, Tenants } from './tenants.js';

const NOISE = Number(process.env.FAULTS_NOISE ?? 200);
const QUIET_TENANTS = 49;
const QUIET_PER_SECOND = 4;
/** How often each quiet tenant asks while the noise goes on. */
const ROUNDS = 3;

describe('Fifty tenants, one of them noisy', () => {
  let installation: Installation;
  let tenants: Tenants;
  let quiet: Tenant[];
  let noisy: Tenant;

  beforeAll(async () => {
    tenants = new Tenants();
    installation = await Installation.open({ stepsPerLook: 1, settings: tenants.settings });
    quiet = [];
    for (let number = 1; number <= QUIET_TENANTS; number += 1) quiet.push(await tenants.add(installation, number));
    noisy = await tenants.add(installation, QUIET_TENANTS + 1);
  }, 300_000);

  afterAll(() => installation?.close());

  fault(33, 'a tenant with most of the load keeps the others waiting hardly longer', async (figures) => {
    // Processes that have just started compile their code while they work; how they begin is the matter of other rows.
    await answered(askEach());
    const before = await answered(askEach());
    const noise = await Noise.prepare(installation, noisy, NOISE);
    noise.begin();
    const during = await answered(Array.from({ length: ROUNDS }, askEach).flat());
    await noise.end();
    installation.hurryAgent();
    await installation.settled(noise.parcels);

    const [alone, beside] = [before, during].map((times) => percentile(times.filter((ms) => ms !== null), 0.95));
    figures.condition(`${QUIET_TENANTS} quiet tenants at ${QUIET_PER_SECOND}/s together, each once alone and ${ROUNDS} times beside one noisy tenant with ${NOISE} unanswered triggers at any time, ${noise.parcels.length} in all`);
    figures.exactly('quiet triggers without a comment', [...before, ...during].filter((ms) => ms === null).length, 0);
    figures.within('trigger to comment of quiet tenants, p95', beside!, Math.max(2 * alone!, 50));
    await installation.expectOneOfEach(figures, noise.parcels);
  });

  /** One trigger of each quiet tenant. */
  function askEach(): { tenant: Tenant; parcel: Parcel }[] {
    return quiet.map((tenant) => ({ tenant, parcel: tenant.asks() }));
  }

  /** Milliseconds from each trigger to its first comment. */
  function answered(asked: { tenant: Tenant; parcel: Parcel }[]): Promise<(number | null)[]> {
    return atRate(asked, QUIET_PER_SECOND, ({ tenant, parcel }) => tenant.toComment(installation, parcel));
  }
});

/**
 * Requests of one tenant, always so many that have no comment yet. They go through sockets that are open already, and the first ones are
 * made before: the stand-ins live in this process, and whatever it does meanwhile would count as waiting for the service.
 */
class Noise {
  readonly parcels: Parcel[] = [];
  private isOver = false;
  private lanes: Promise<void>[] = [];

  private constructor(
    private readonly installation: Installation,
    private readonly tenant: Tenant,
    private readonly lines: Line[],
    private readonly first: Parcel[],
  ) {}

  static async prepare(installation: Installation, tenant: Tenant, unanswered: number): Promise<Noise> {
    const lanes = Array.from({ length: unanswered }, (_, index) => index);
    const lines = await Promise.all(lanes.map((lane) => openLine(installation, lane)));
    return new Noise(installation, tenant, lines, lanes.map(() => tenant.asks()));
  }

  begin(): void {
    this.lanes = this.first.map((parcel, lane) => this.keepAsking(lane, parcel));
  }

  /** Asks for nothing more, and waits for what was asked. */
  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.lanes);
    for (const line of this.lines) line.close();
  }

  private async keepAsking(lane: number, first: Parcel): Promise<void> {
    for (let parcel = first; ; parcel = this.tenant.asks()) {
      this.parcels.push(parcel);
      await this.carry(lane, parcel);
      await this.tenant.commented(parcel.issueId);
      if (this.isOver) return;
    }
  }

  /** The service closes a socket that was not used for a while. What was not taken through it is carried like any other delivery. */
  private async carry(lane: number, parcel: Parcel): Promise<void> {
    if ((await this.lines[lane]!.ask(wholeRequest(parcel))) === 200) {
      parcel.acknowledged += 1;
      return;
    }
    this.lines[lane] = await openLine(this.installation, lane);
    await this.installation.carry(parcel);
  }
}

/** Half of the lanes go to each door. */
function openLine({ doors }: Installation, lane: number): Promise<Line> {
  return Line.open(Number(new URL(doors[lane % doors.length]!.url).port));
}
