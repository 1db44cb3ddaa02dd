/**
 * Rounds: all contestants one after the other under the same load, in every second round in reversed order, so that whatever the
 * machine does meanwhile meets all of them. Ratios are taken within a round and their median counts.
 *
 * A run counts only when every answer that was counted has its row. A round in which other programs of the machine used more than a
 * third of a processor is repeated, three times at most; after that it counts and is told.
 */
import type { Contestant } from './contestants.ts';
import { median, percentile } from './figures.ts';
import { prepareLoad } from './load.ts';
import type { LoadPlan } from './load-plan.ts';
import { machineCpuMs, residentMb, treeCpuMs } from './machine.ts';

const MOST_FOREIGN_CORES = 0.35;
const MOST_REPEATS = 3;

/** One contestant under load once. */
export interface Run {
  name: string;
  perSecond: number;
  p50: number;
  p99: number;
  /** Milliseconds of processor time per answered request: the service and PostgreSQL together. */
  cpuMs: number;
  serviceCpuMs: number;
  databaseCpuMs: number;
  residentMb: number;
  walBytes: number;
  answered: number;
  statuses: Record<string, number>;
  statements: number;
  foreignCores: number;
}

export interface Contest {
  contestants: Contestant[];
  rounds: number;
  /** Pid of the server that all databases live on. */
  databasePid: number;
  plan: (contestant: Contestant, firstNumber: number) => LoadPlan;
  /** Every answer must be one of these. */
  expected: 200 | 403;
  /** Rows that the runs are counted by; emptied before each run. */
  table?: string;
  warmUpSeconds?: number;
}

export interface ContestResult {
  /** By round, then by contestant. */
  rounds: Run[][];
  notes: string[];
}

let nextNumber = 1;

export async function runContest(contest: Contest): Promise<ContestResult> {
  const notes: string[] = [];
  for (const contestant of contest.contestants) await warmUp(contest, contestant);
  const rounds: Run[][] = [];
  let repeats = 0;
  while (rounds.length < contest.rounds) {
    const order = rounds.length % 2 === 0 ? contest.contestants : contest.contestants.toReversed();
    const runs: Run[] = [];
    for (const contestant of order) runs.push(await runOnce(contest, contestant));
    const foreign = Math.max(...runs.map((run) => run.foreignCores));
    if (foreign > MOST_FOREIGN_CORES && repeats < MOST_REPEATS) {
      repeats += 1;
      continue;
    }
    if (foreign > MOST_FOREIGN_CORES) notes.push(`round ${rounds.length + 1}: other programs used up to ${foreign.toFixed(2)} cores`);
    rounds.push(runs);
  }
  if (repeats > 0) notes.unshift(`${repeats} rounds were repeated because other programs were at work`);
  return { rounds, notes };
}

async function warmUp(contest: Contest, contestant: Contestant): Promise<void> {
  const plan = { ...contest.plan(contestant, take(1_000_000)), seconds: contest.warmUpSeconds ?? 2 };
  await (await prepareLoad(plan)).send();
}

async function runOnce(contest: Contest, contestant: Contestant): Promise<Run> {
  const { database, program } = contestant;
  const load = await prepareLoad(contest.plan(contestant, take(1_000_000)));
  if (contest.table) await database.rows(`TRUNCATE ${contest.table} CASCADE`);
  await database.settle();
  await database.forgetStatements();
  const before = clocks(contest, contestant);
  const walBefore = await database.walBytes();
  const result = await load.send();
  const after = clocks(contest, contestant);
  const walBytes = (await database.walBytes()) - walBefore;
  const answered = result.latencies.length;
  const statements = (await database.statements()).reduce((sum, one) => sum + one.calls, 0);
  await proveCounts(contest, contestant, result.statuses, result.accepted);
  return {
    name: contestant.name,
    perSecond: answered / result.seconds,
    p50: percentile(result.latencies, 50),
    p99: percentile(result.latencies, 99),
    cpuMs: (after.service - before.service + after.database - before.database) / answered,
    serviceCpuMs: (after.service - before.service) / answered,
    databaseCpuMs: (after.database - before.database) / answered,
    residentMb: residentMb(program.pid),
    walBytes: walBytes / answered,
    answered,
    statuses: result.statuses,
    statements: statements / answered,
    foreignCores: Math.max(0, (after.machine - before.machine - (after.all - before.all)) / (after.at - before.at)),
  };
}

/** A figure about answers that are not what they should be, or that have no rows, is void. */
async function proveCounts(contest: Contest, { name, database }: Contestant, statuses: Record<string, number>, accepted: number): Promise<void> {
  const wrong = Object.entries(statuses).filter(([status]) => Number(status) !== contest.expected);
  if (wrong.length > 0) throw new Error(`${name}: void, because of these answers: ${JSON.stringify(statuses)}`);
  if (!contest.table) return;
  const rows = await database.number(`SELECT count(*) FROM ${contest.table}`);
  const right = contest.expected === 200 ? accepted : 0;
  if (rows !== right) throw new Error(`${name}: void, because ${right} rows were expected and ${rows} are there.`);
}

function clocks(contest: Contest, { program }: Contestant): { at: number; service: number; database: number; all: number; machine: number } {
  return { at: performance.now(), service: treeCpuMs(program.pid), database: treeCpuMs(contest.databasePid), all: treeCpuMs(process.pid), machine: machineCpuMs() };
}

function take(count: number): number {
  const first = nextNumber;
  nextNumber += count;
  return first;
}

/** The median over the rounds of what one contestant has by what another has in the same round. */
export function ratio({ rounds }: ContestResult, of: string, to: string, what: (run: Run) => number): number {
  return median(rounds.map((runs) => what(runOf(runs, of)) / what(runOf(runs, to))));
}

/** The median over the rounds. */
export function typical({ rounds }: ContestResult, of: string, what: (run: Run) => number): number {
  return median(rounds.map((runs) => what(runOf(runs, of))));
}

function runOf(runs: Run[], name: string): Run {
  return runs.find((run) => run.name === name)!;
}
