/**
 * Row 7, what others notice: while the Jiras of twelve companies ask for quiet, are out of order, hang up or do not answer at all,
 * everybody else is answered as soon as ever.
 *
 * Measured alone, beside, beside, alone: whatever the machine does meanwhile by and by falls on both alike.
 */
import type { Fault, FaultEffect } from '../../../tools/sandbox/faults.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { atRate, scaled } from './chance.js';
import { fault, percentile } from './figures.js';
import { Installation, type Parcel } from './installation.js';
import { type SeenCall, seeCalls } from './seen-calls.js';
import { type Tenant, Tenants } from './tenants.js';

const HEALTHY_TENANTS = 10;
const WARM_UP = 100;
const PER_SECOND = 8;
/** Measured before the trouble and after it; twice as many during it. */
const SAMPLES = scaled(50);

const HANG: FaultEffect = { kind: 'hang' };
/** How long the product waits for an answer of a Jira. */
const CALL_LIMIT_MS = 20_000;
const EFFECTS: [string, FaultEffect][] = [
  ['429 with Retry-After 3', { kind: 'status', status: 429, headers: { 'retry-after': '3' } }],
  ['503', { kind: 'status', status: 503 }],
  ['a broken connection', { kind: 'reset' }],
  ['no answer', HANG],
  ['no answer', HANG],
  ['no answer', HANG],
];
/** Enough failures for every Jira to be left alone, and few enough to be no load. */
const TRIGGERS_AT_FIRST = 3;
const FURTHER_PER_SECOND = 1;

/** What is in trouble: everything that is asked, or comments that are sent, so that decisions are made and cannot be told. */
const HITS: { hits: string; method?: string }[] = [{ hits: 'all calls' }, { hits: 'comments', method: 'POST' }];

/** A tenant whose Jira is in trouble. */
interface Troubled {
  name: string;
  hits: string;
  tenant: Tenant;
  trouble: Fault & { path: string };
}

describe('Others beside Jiras in trouble', () => {
  let installation: Installation;
  let healthy: Tenant[];
  let troubled: Troubled[];
  const asked: Parcel[] = [];

  beforeAll(async () => {
    const tenants = new Tenants();
    installation = await Installation.open({ settings: tenants.settings });
    let number = 0;
    const tenant = (): Promise<Tenant> => tenants.add(installation, (number += 1));
    healthy = [];
    while (healthy.length < HEALTHY_TENANTS) healthy.push(await tenant());
    troubled = [];
    for (const [name, effect] of EFFECTS) {
      for (const { hits, ...calls } of HITS) {
        const one = await tenant();
        troubled.push({ name, hits, tenant: one, trouble: { ...calls, effect, path: `${one.site.cloudId}/rest/api/`, times: Infinity } });
      }
    }
  }, 300_000);

  afterAll(() => installation?.close());

  fault(7, 'whoever has a healthy Jira waits no longer while those of others are in trouble', async (figures) => {
    const { standIn } = installation.stage.sandbox.atlassian;
    const calls = seeCalls(standIn);
    await answered(WARM_UP, 2 * PER_SECOND);

    const before = await answered(SAMPLES);
    for (const { trouble } of troubled) standIn.faults.add(trouble);
    await askInTrouble(troubled.length * TRIGGERS_AT_FIRST, PER_SECOND);
    await eventually(() => troubled.filter((one) => meetings(one, calls, 0) === 0).length, (left) => left === 0, 'every trouble to be met');
    const began = Date.now();
    const [beside] = await Promise.all([answered(2 * SAMPLES), askInTrouble((2 * SAMPLES * FURTHER_PER_SECOND) / PER_SECOND, FURTHER_PER_SECOND)]);
    const met = troubled.map((one) => meetings(one, calls, began));
    const told = troubled.reduce((sum, { tenant }) => sum + tenant.commentedAt.size, 0);
    standIn.faults.clear();
    await installation.settled(asked);
    const after = await answered(SAMPLES);
    await installation.settled(asked);

    const p95 = (times: number[]): number => percentile(times, 0.95);
    const alone = [...before, ...after];
    const troubles = troubled.map(({ name, hits }, index) => `${met[index]} of ${name} (${hits})`).join(', ');
    figures.condition(`${HEALTHY_TENANTS} healthy tenants with ${PER_SECOND} triggers/s together: ${alone.length} alone with a p95 of ${p95(alone)} ms (${p95(before)} before and ${p95(after)} after), ${beside.length} beside ${troubled.length} tenants in trouble with ${p95(beside)} ms`);
    figures.condition(`calls that met trouble meanwhile, by tenant: ${troubles}`);
    figures.exactly('troubled Jiras that were not called meanwhile', met.filter((count) => count === 0).length, 0);
    figures.exactly('comments in troubled Jiras meanwhile', told, 0);
    figures.within('p95 from trigger to comment beside troubled Jiras, against alone', p95(beside) / p95(alone), 1.2, 'x');
    await installation.expectOneOfEach(figures, asked);
  });

  /** Asks the healthy tenants for so many things in turn; milliseconds from each trigger to its first comment. */
  function answered(count: number, perSecond = PER_SECOND): Promise<number[]> {
    const inTurn = Array.from({ length: count }, (_, index) => healthy[index % healthy.length]!);
    return atRate(inTurn, perSecond, async (tenant) => {
      const parcel = tenant.asks();
      asked.push(parcel);
      const ms = await tenant.toComment(installation, parcel);
      if (ms === null) throw new Error(`No comment came in ${parcel.issueKey}`);
      return ms;
    });
  }

  /** Asks the troubled tenants for so many things in turn. */
  async function askInTrouble(count: number, perSecond: number): Promise<void> {
    const inTurn = Array.from({ length: count }, (_, index) => troubled[index % troubled.length]!.tenant);
    await atRate(inTurn, perSecond, async (tenant) => {
      const parcel = tenant.asks();
      asked.push(parcel);
      await installation.carry(parcel);
    });
  }

  /** Calls that met this trouble since then. Those without an answer meet it for as long as we wait for one. */
  function meetings({ trouble: { effect, method, path } }: Troubled, calls: SeenCall[], since: number): number {
    const from = effect.kind === 'hang' ? since - CALL_LIMIT_MS : since;
    return calls.filter((one) => one.at >= from && one.path.includes(path) && (method === undefined || one.method === method)).length;
  }
});
