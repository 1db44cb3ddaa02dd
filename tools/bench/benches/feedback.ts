/**
 * B5 and B6: from the instant at which Jira sends a trigger until the status comment stands in the issue. API and worker are processes
 * of their own, the stand-ins of Jira, GitHub and OpenHands answer at once, 20 triggers a second.
 */
import { atMost, type BenchResult, exactly, type Figure, percentile, plain, shown } from '../figures.ts';
import { Installation, type Parcel } from '../installation.ts';
import type { BenchServer } from '../database.ts';
import { prepareLoad } from '../load.ts';
import { treeCpuMs } from '../machine.ts';
import { CREDENTIALS } from '../../sandbox/seed.ts';
import { eventually } from '../../sandbox/waiting.ts';
import type { Bench } from '../suite.ts';

const PER_SECOND = 20;
/** A process that has just started still compiles its code, and no job has ended yet. */
const WARM_UP = 200;
const GOALS = [[50, 30, 10], [95, 80, 25], [99, 150, 50]] as const;

export const feedback: Bench = {
  name: 'feedback',
  what: 'trigger to status comment at 20/s, stand-ins answer at once (--noise 500: under other deliveries, --herd 500: all at once)',
  usual: true,
  async run(server, { seconds, quick, noise, herd }): Promise<BenchResult> {
    const installation = await Installation.start(server, { apis: 1, workers: 1 });
    try {
      await measure(installation, quick ? 20 : WARM_UP, PER_SECOND);
      const count = Math.round(PER_SECOND * Math.max(seconds, quick ? 3 : 10));
      const before = processorTimes(installation, server);
      const quiet = await measure(installation, count, PER_SECOND);
      const after = processorTimes(installation, server);
      const figures: Figure[] = GOALS.flatMap(([percent, goal, stretch]) => [
        atMost(`p${percent}`, percentile(quiet, percent), goal, 'ms'),
        atMost(`p${percent}, stretch`, percentile(quiet, percent), stretch, 'ms', { told: true }),
      ]);
      figures.push(...Object.entries(after).map(([who, ms]) => plain(`CPU per trigger, ${who}`, (ms - before[who]!) / count, 'ms')));
      if (noise > 0) figures.push(...(await underNoise(installation, count, noise, percentile(quiet, 95))));
      if (herd > 0) figures.push(...(await asHerd(installation, herd)));
      figures.push(...(await counted(installation)));
      return { figures, headline: `p50 ${shown(percentile(quiet, 50))}, p95 ${shown(percentile(quiet, 95))}, p99 ${shown(percentile(quiet, 99))} ms at ${PER_SECOND}/s`, notes: [`${count} triggers`], details: { quiet } };
    } finally {
      await installation.stop();
    }
  },
};

/** Of the jobs that run meanwhile as well: looks at their agents, ends, results. */
function processorTimes({ apis, workers }: Installation, server: BenchServer): Record<string, number> {
  return { API: treeCpuMs(apis[0]!.program!.pid), worker: treeCpuMs(workers[0]!.program!.pid), PostgreSQL: treeCpuMs(server.pid) };
}

/** Milliseconds of each trigger, from the instant at which it was to be sent. */
async function measure(installation: Installation, count: number, perSecond: number): Promise<number[]> {
  const parcels = Array.from({ length: count }, () => installation.ask());
  const started = performance.now() + 50;
  const sentAt = parcels.map((_, index) => started + (index * 1000) / perSecond);
  await Promise.all(parcels.map(async (parcel, index) => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, sentAt[index]! - performance.now())));
    const status = await installation.carry(parcel);
    if (status !== 200) throw new Error(`void: a trigger was answered with ${String(status)}`);
  }));
  await commented(installation, parcels);
  return parcels.map((parcel, index) => installation.commentedAt(parcel.issueId)! - sentAt[index]!);
}

async function commented(installation: Installation, parcels: Parcel[]): Promise<void> {
  const missing = (): number => parcels.filter(({ issueId }) => installation.commentedAt(issueId) === undefined).length;
  await eventually(missing, (count) => count === 0, 'a status comment for every trigger', 120_000);
}

async function underNoise(installation: Installation, count: number, noise: number, quietP95: number): Promise<Figure[]> {
  const load = await prepareLoad({
    port: Number(new URL(installation.apis[0]!.url).port),
    deliveries: { bytes: 10_240, seed: 3, secret: CREDENTIALS.webhookSecret, path: installation.path },
    firstNumber: 1,
    connections: 64,
    seconds: count / PER_SECOND + 1,
    pace: { kind: 'open', perSecond: noise },
  });
  const sending = load.send();
  const times = await measure(installation, count, PER_SECOND);
  const { statuses, latencies } = await sending;
  const p95 = percentile(times, 95);
  return [
    plain(`p50 under ${noise}/s`, percentile(times, 50), 'ms'),
    plain(`p95 under ${noise}/s`, p95, 'ms'),
    atMost('p95 to the quiet one', p95 / quietP95, 2, 'x'),
    exactly('other deliveries refused', Object.entries(statuses).reduce((sum, [status, many]) => sum + (status === '200' ? 0 : many), 0), 0, ''),
    plain('p99 of their answers', percentile(latencies, 99), 'ms'),
  ];
}

async function asHerd(installation: Installation, herd: number): Promise<Figure[]> {
  const times = await measure(installation, herd, 1_000_000);
  return [atMost(`p95 of ${herd} triggers at once`, percentile(times, 95), 250, 'ms', { told: true }), plain(`last of ${herd} triggers at once`, Math.max(...times), 'ms')];
}

/** A time counts only when every trigger became one job and one start. */
async function counted({ sandbox, database }: Installation): Promise<Figure[]> {
  const triggers = await database.number(`SELECT count(*) FROM deliveries WHERE trigger_key IS NOT NULL`);
  await eventually(() => sandbox.openhands.conversations.length, (starts) => starts >= triggers, 'a start for every trigger', 120_000);
  return [exactly('jobs without a trigger of their own', (await database.number('SELECT count(*) FROM jobs')) - triggers, 0, ''), exactly('starts without a trigger of their own', sandbox.openhands.conversations.length - triggers, 0, '')];
}
