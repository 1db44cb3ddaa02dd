/** B4: deliveries whose signature is wrong are refused without asking the database. */
import { SECRET, startApi, startFloor } from '../contestants.ts';
import { atLeast, type BenchResult, exactly, plain, shown } from '../figures.ts';
import { ratio, runContest, typical } from '../rounds.ts';
import type { Bench } from '../suite.ts';

export const refuse: Bench = {
  name: 'refuse',
  what: 'wrong signatures refused, 10 kB, 20 sockets',
  usual: true,
  async run(server, { seconds, rounds }): Promise<BenchResult> {
    const contestants = [await startFloor(server), await startApi(server)];
    try {
      const result = await runContest({
        contestants,
        rounds,
        databasePid: server.pid,
        expected: 403,
        table: 'deliveries',
        plan: ({ path, program }, firstNumber) => ({
          port: Number(new URL(program.url).port),
          deliveries: { bytes: 10_240, seed: 2, secret: SECRET, path },
          firstNumber,
          connections: 20,
          seconds,
          pace: { kind: 'closed', most: 1 },
          badly: true,
        }),
      });
      const rate = ratio(result, 'ours', 'floor', (run) => run.perSecond);
      const perCall = typical(result, 'ours', (run) => run.statements);
      return {
        figures: [
          plain('rate', typical(result, 'ours', (run) => run.perSecond), '/s'),
          plain('rate of the floor', typical(result, 'floor', (run) => run.perSecond), '/s'),
          atLeast('rate to the floor', rate, 0.35, 'x'),
          plain('CPU per call', typical(result, 'ours', (run) => run.cpuMs), 'ms'),
          plain('CPU per call of the floor', typical(result, 'floor', (run) => run.cpuMs), 'ms'),
          exactly('statements per refused call', Math.round(perCall * 100) / 100, 0, ''),
          // Looks at the version of the connection and writes of the counters: some each second, however many calls there are.
          plain('statements per second', typical(result, 'ours', (run) => run.statements * run.perSecond), '/s'),
        ],
        headline: `${shown(typical(result, 'ours', (run) => run.perSecond))} refused/s, ${shown(rate)} x the floor`,
        notes: result.notes,
        details: result.rounds,
      };
    } finally {
      for (const one of contestants) await one.stop();
    }
  },
};
