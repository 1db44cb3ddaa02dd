/** B3: how long Jira waits for its answer, at 20/s and at 500/s, counted from the instant at which a delivery was to be sent. */
import { type Contestant, SECRET, startApi, startFloor } from '../contestants.ts';
import { atMost, type BenchResult, type Figure, plain, shown } from '../figures.ts';
import { type ContestResult, ratio, runContest, typical } from '../rounds.ts';
import type { Bench } from '../suite.ts';

export const ack: Bench = {
  name: 'ack',
  what: 'time to acknowledgement at 20/s and 500/s, open loop, 10 kB',
  usual: true,
  async run(server, { seconds, rounds }): Promise<BenchResult> {
    const contestants = [await startFloor(server), await startApi(server)];
    try {
      const slow = await atRate(contestants, server.pid, { perSecond: 20, seconds: Math.max(seconds, 5), rounds });
      const busy = await atRate(contestants, server.pid, { perSecond: 500, seconds, rounds });
      const p99 = typical(slow, 'ours', (run) => run.p99);
      return {
        figures: [...figuresOf(slow, 20), atMost('p99 at 20/s', p99, 10, 'ms'), ...figuresOf(busy, 500)],
        headline: `p50 ${shown(typical(slow, 'ours', (run) => run.p50))}, p99 ${shown(p99)} ms at 20/s; p99 ${shown(ratio(slow, 'ours', 'floor', (run) => run.p99))} x the floor`,
        notes: [...slow.notes, ...busy.notes],
        details: { slow: slow.rounds, busy: busy.rounds },
      };
    } finally {
      for (const one of contestants) await one.stop();
    }
  },
};

function atRate(contestants: Contestant[], databasePid: number, { perSecond, seconds, rounds }: { perSecond: number; seconds: number; rounds: number }): Promise<ContestResult> {
  return runContest({
    contestants,
    rounds,
    databasePid,
    expected: 200,
    table: 'deliveries',
    plan: ({ path, program }, firstNumber) => ({
      port: Number(new URL(program.url).port),
      deliveries: { bytes: 10_240, seed: 4, secret: SECRET, path },
      firstNumber,
      connections: 64,
      seconds,
      pace: { kind: 'open', perSecond },
    }),
  });
}

function figuresOf(result: ContestResult, perSecond: number): Figure[] {
  return [
    plain(`p50 at ${perSecond}/s`, typical(result, 'ours', (run) => run.p50), 'ms'),
    atMost(`p50 at ${perSecond}/s to the floor`, ratio(result, 'ours', 'floor', (run) => run.p50), 1.25, 'x', { told: true }),
    atMost(`p99 at ${perSecond}/s to the floor`, ratio(result, 'ours', 'floor', (run) => run.p99), 2, 'x'),
    plain(`CPU per delivery at ${perSecond}/s to the floor`, ratio(result, 'ours', 'floor', (run) => run.cpuMs), 'x'),
  ];
}
