/** B1 and B2: durable ingest. Signed deliveries of 10 kB over 20 sockets, as many as go. */
import { type Contestant, SECRET, startApi, startFloor, startOctokit } from '../contestants.ts';
import { atLeast, atMost, type BenchResult, plain, shown } from '../figures.ts';
import { ratio, runContest, typical } from '../rounds.ts';
import type { Bench } from '../suite.ts';

const BYTES = 10_240;
const SOCKETS = 20;
/** More than any contestant takes in a second on two cores. */
const MOST_PER_SECOND = 12_000;

export const ingest: Bench = {
  name: 'ingest',
  what: 'signed deliveries of 10 kB, proven, parsed, decided and durably stored, 20 sockets (--peers octokit)',
  usual: true,
  async run(server, { seconds, rounds, peers }): Promise<BenchResult> {
    const withOctokit = peers.includes('octokit');
    const contestants: Contestant[] = [await startFloor(server), await startApi(server), ...(withOctokit ? [await startOctokit(server)] : [])];
    try {
      const result = await runContest({
        contestants,
        rounds,
        databasePid: server.pid,
        expected: 200,
        table: 'deliveries',
        plan: ({ path, program }, firstNumber) => ({
          port: Number(new URL(program.url).port),
          deliveries: { bytes: BYTES, seed: 1, secret: SECRET, path },
          firstNumber,
          connections: SOCKETS,
          seconds,
          pace: { kind: 'closed', most: MOST_PER_SECOND * seconds },
        }),
      });
      const rate = ratio(result, 'ours', 'floor', (run) => run.perSecond);
      return {
        figures: [
          plain('rate', typical(result, 'ours', (run) => run.perSecond), '/s'),
          plain('rate of the floor', typical(result, 'floor', (run) => run.perSecond), '/s'),
          atLeast('rate to the floor', rate, 1, 'x'),
          atLeast('rate to the floor, stretch', rate, 1.3, 'x', { told: true }),
          ...(withOctokit ? [atLeast('rate to @octokit/webhooks', ratio(result, 'ours', 'octokit', (run) => run.perSecond), 1.4, 'x')] : []),
          plain('CPU per delivery', typical(result, 'ours', (run) => run.cpuMs), 'ms'),
          plain('  of it the service', typical(result, 'ours', (run) => run.serviceCpuMs), 'ms'),
          plain('CPU per delivery of the floor', typical(result, 'floor', (run) => run.cpuMs), 'ms'),
          plain('  of it the service', typical(result, 'floor', (run) => run.serviceCpuMs), 'ms'),
          atMost('CPU to the floor', ratio(result, 'ours', 'floor', (run) => run.cpuMs), 1, 'x'),
          plain('p50', typical(result, 'ours', (run) => run.p50), 'ms'),
          plain('p99', typical(result, 'ours', (run) => run.p99), 'ms'),
          atMost('p99 to the floor', ratio(result, 'ours', 'floor', (run) => run.p99), 2, 'x'),
          atMost('statements per delivery', typical(result, 'ours', (run) => run.statements), 1, ''),
          plain('write-ahead log per delivery', typical(result, 'ours', (run) => run.walBytes), 'bytes'),
          atMost('write-ahead log to the floor', ratio(result, 'ours', 'floor', (run) => run.walBytes), 1.3, 'x'),
          plain('memory', typical(result, 'ours', (run) => run.residentMb), 'MB'),
        ],
        headline: `${shown(typical(result, 'ours', (run) => run.perSecond))} deliveries/s, ${shown(rate)} x the floor`,
        notes: result.notes,
        details: result.rounds,
      };
    } finally {
      for (const one of contestants) await one.stop();
    }
  },
};
