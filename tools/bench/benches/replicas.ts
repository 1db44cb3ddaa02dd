/** B13: one API process or four on one database: everything is still counted once, and nothing costs much more. On two cores nobody can show a speed-up. */
import { cpus } from 'node:os';
import { addConnections, newKeys, pathOf, SECRET, startService } from '../contestants.ts';
import type { BenchDatabase, BenchServer } from '../database.ts';
import { atLeast, atMost, type BenchResult, median, plain, shown } from '../figures.ts';
import { sendLoad } from '../load.ts';
import { treeCpuMs } from '../machine.ts';
import type { Program } from '../programs.ts';
import type { Bench } from '../suite.ts';

interface Figures {
  perSecond: number;
  cpuMs: number;
  connections: number;
}

export const replicas: Bench = {
  name: 'replicas',
  what: 'one API process and four on one database',
  usual: true,
  async run(server, { seconds, rounds }): Promise<BenchResult> {
    const database = await server.create('ours');
    const keys = newKeys();
    const programs: Program[] = [];
    for (let index = 0; index < 4; index += 1) programs.push(await startService('api', database, keys));
    try {
      const [id] = await addConnections(database, keys, 1);
      const pairs: [Figures, Figures][] = [];
      for (let round = 0; round < rounds; round += 1) {
        const one = (): Promise<Figures> => measure(server, database, programs.slice(0, 1), pathOf(id!), seconds);
        const four = (): Promise<Figures> => measure(server, database, programs, pathOf(id!), seconds);
        if (round % 2 === 0) pairs.push([await one(), await four()]);
        else pairs.unshift((await four().then(async (lots) => [await one(), lots])) as [Figures, Figures]);
      }
      const rate = median(pairs.map(([one, four]) => four.perSecond / one.perSecond));
      const cores = cpus().length;
      return {
        figures: [
          plain('rate of one', median(pairs.map(([one]) => one.perSecond)), '/s'),
          plain('rate of four', median(pairs.map(([, four]) => four.perSecond)), '/s'),
          atLeast('rate of four to one', rate, cores >= 8 ? 2.8 : 0.6, 'x', { told: cores >= 8 }),
          atMost('CPU per delivery, four to one', median(pairs.map(([one, four]) => four.cpuMs / one.cpuMs)), 1.25, 'x'),
          atMost('database connections of a process', Math.max(...pairs.flatMap(([one, four]) => [one.connections, four.connections / 4])), 15, ''),
        ],
        headline: `${shown(rate)} x the rate of one process with four, on ${cores} cores`,
        notes: cores >= 8 ? [] : [`${cores} cores cannot show what more processes bring`],
        details: pairs,
      };
    } finally {
      for (const program of programs) await program.stop();
      await database.close();
    }
  },
};

let next = 1;

async function measure(server: BenchServer, database: BenchDatabase, programs: Program[], path: string, seconds: number): Promise<Figures> {
  await database.rows('TRUNCATE deliveries CASCADE');
  await database.settle();
  const cpu = (): number => programs.reduce((sum, one) => sum + treeCpuMs(one.pid), treeCpuMs(server.pid));
  const before = cpu();
  const results = await Promise.all(programs.map((program) => {
    next += 1_000_000;
    return sendLoad({ port: Number(new URL(program.url).port), deliveries: { bytes: 10_240, seed: 13, secret: SECRET, path }, firstNumber: next, connections: 20 / programs.length, seconds, pace: { kind: 'closed', most: (9000 * seconds) / programs.length } });
  }));
  const accepted = results.reduce((sum, one) => sum + one.accepted, 0);
  const rows = await database.number('SELECT count(*) FROM deliveries');
  if (rows !== accepted) throw new Error(`void: ${accepted} rows were expected and ${rows} are there.`);
  const connections = await database.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'openhands-jira%'`);
  return { perSecond: accepted / Math.max(...results.map((one) => one.seconds)), cpuMs: (cpu() - before) / accepted, connections: programs.length === 1 ? connections / 4 : connections };
}
