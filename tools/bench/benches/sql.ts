/**
 * B14: round trips to the database, counted by PostgreSQL itself; BEGIN and COMMIT are among them. What they depend on is the code and
 * not the machine, so this is the bench that gates. The story of the statements of one trigger, with their purposes, is told by
 * apps/api-e2e/src/statements.spec.ts; here whole processes are counted, with everything that they ask on their own.
 */
import { SECRET, startApi } from '../contestants.ts';
import type { BenchDatabase, BenchServer, CountedStatement } from '../database.ts';
import { atMost, type BenchResult, type Figure, plain, shown } from '../figures.ts';
import { Installation } from '../installation.ts';
import { sendLoad } from '../load.ts';
import type { LoadPlan } from '../load-plan.ts';
import { eventually } from '../../sandbox/waiting.ts';
import type { Bench } from '../suite.ts';

const DELIVERIES = 2000;

export const sql: Bench = {
  name: 'sql',
  what: 'statements per accepted, repeated and refused delivery, and per trigger',
  usual: true,
  async run(server, { quick }): Promise<BenchResult> {
    const door = await atTheDoor(server);
    const triggers = await ofTriggers(server, quick ? 20 : 100);
    return { figures: [...door, ...triggers.figures], headline: `${shown(door[0]!.value)} per accepted delivery, ${shown(triggers.perTrigger)} in the whole life of a trigger`, notes: [], details: { triggers: triggers.statements } };
  },
};

async function atTheDoor(server: BenchServer): Promise<Figure[]> {
  const api = await startApi(server);
  const plan: LoadPlan = {
    port: Number(new URL(api.program.url).port),
    deliveries: { bytes: 2000, seed: 6, secret: SECRET, path: api.path },
    firstNumber: 1,
    connections: 20,
    seconds: 60,
    pace: { kind: 'closed', most: DELIVERIES },
  };
  try {
    await sendLoad({ ...plan, firstNumber: 1_000_000, pace: { kind: 'closed', most: 100 } });
    const accepted = await counted(api.database, async () => void (await sendLoad(plan)));
    const repeated = await counted(api.database, async () => void (await sendLoad(plan)));
    const refused = await counted(api.database, async () => void (await sendLoad({ ...plan, badly: true, seconds: 2, pace: { kind: 'closed', most: 1 } })));
    return [
      atMost('per accepted delivery', accepted.total / DELIVERIES, 1, ''),
      atMost('per repeated delivery', repeated.total / DELIVERIES, 1, ''),
      // Two seconds hold four looks at the version of the connection and two writes of the counters, however many calls there are.
      atMost('in two seconds of refused calls, whatever their number', refused.total, 12, ''),
    ];
  } finally {
    await api.stop();
  }
}

async function ofTriggers(server: BenchServer, count: number): Promise<{ perTrigger: number; figures: Figure[]; statements: CountedStatement[] }> {
  const installation = await Installation.start(server, { apis: 1, workers: 1 });
  const { database } = installation;
  try {
    await lives(installation, 3);
    const idle = await counted(database, () => new Promise((resolve) => setTimeout(resolve, 5000)));
    const idlePerSecond = idle.total / idle.seconds;
    const all = await counted(database, () => lives(installation, count));
    const perTrigger = Math.max(0, all.total - idlePerSecond * all.seconds) / count;
    return {
      perTrigger,
      statements: all.statements.slice(0, 60),
      figures: [
        plain('idle, API and worker together', idlePerSecond, '/s'),
        plain('in the whole life of a trigger, until its result stands in the issue', perTrigger, ''),
        plain('  with what the processes ask on their own meanwhile', all.total / count, ''),
      ],
    };
  } finally {
    await installation.stop();
  }
}

/** So many triggers, one every 50 ms, until each has its result in the issue and nothing is left to be written. */
async function lives(installation: Installation, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await installation.carry(installation.ask());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const open = `SELECT (SELECT count(*) FROM jobs WHERE finished_at IS NULL) + (SELECT count(*) FROM deliveries WHERE settled_at IS NULL)
    + (SELECT count(*) FROM issue_writes WHERE written_revision < revision AND gave_up_reason IS NULL) AS bench_open`;
  await eventually(() => installation.database.number(open), (left) => left === 0, 'everything to be told', 120_000);
}

interface Counted {
  total: number;
  seconds: number;
  statements: CountedStatement[];
}

async function counted(database: BenchDatabase, work: () => Promise<void>): Promise<Counted> {
  // What the work before has caused comes up to a second later.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await database.forgetStatements();
  const started = performance.now();
  await work();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const statements = await database.statements();
  return { total: statements.reduce((sum, one) => sum + one.calls, 0), seconds: (performance.now() - started) / 1000, statements };
}
