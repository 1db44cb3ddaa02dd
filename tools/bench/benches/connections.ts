/** B11: ten connections or ten thousand: taking deliveries must not become slower, larger or dearer. */
import { addConnections, ADMIN_TOKEN, newKeys, pathOf, SECRET, startService } from '../contestants.ts';
import type { BenchDatabase, BenchServer } from '../database.ts';
import { atLeast, atMost, type BenchResult, median, percentile, plain, shown } from '../figures.ts';
import { sendLoad } from '../load.ts';
import { residentMb, treeCpuMs } from '../machine.ts';
import type { Program } from '../programs.ts';
import type { Bench } from '../suite.ts';

interface Size {
  connections: number;
  perSecond: number;
  cpuMs: number;
  mb: number;
  firstMs: number[];
  listMs: number[];
}

export const connections: Bench = {
  name: 'connections',
  what: 'taking deliveries with 10 and with 10,000 connections',
  usual: true,
  async run(server, { seconds, rounds, quick }): Promise<BenchResult> {
    const many = quick ? 1000 : 10_000;
    const small = await Site.start(server, 'few', 10);
    const large = await Site.start(server, 'many', many);
    try {
      const pairs: [Size, Size][] = [];
      for (let round = 0; round < rounds; round += 1) {
        const first = round % 2 === 0 ? await small.measure(server.pid, seconds) : await large.measure(server.pid, seconds);
        const second = round % 2 === 0 ? await large.measure(server.pid, seconds) : await small.measure(server.pid, seconds);
        pairs.push(round % 2 === 0 ? [first, second] : [second, first]);
      }
      const rate = median(pairs.map(([few, lots]) => lots.perSecond / few.perSecond));
      return {
        figures: [
          plain('rate with 10', median(pairs.map(([few]) => few.perSecond)), '/s'),
          plain(`rate with ${many}`, median(pairs.map(([, lots]) => lots.perSecond)), '/s'),
          atLeast('rate to that with 10', rate, 0.9, 'x'),
          atMost('CPU to that with 10', median(pairs.map(([few, lots]) => lots.cpuMs / few.cpuMs)), 1.1, 'x'),
          atMost('memory more than with 10', median(pairs.map(([few, lots]) => lots.mb - few.mb)), 20, 'MB'),
          atMost('first delivery of a connection, p50', percentile(pairs.flatMap(([, lots]) => lots.firstMs), 50), 5, 'ms', { told: true }),
          atMost('page of the list, p95', percentile(pairs.flatMap(([, lots]) => lots.listMs), 95), 20, 'ms'),
        ],
        headline: `${shown(rate)} x the rate with 10 connections at ${many}`,
        notes: ['each connection gets deliveries in turn, which is the worst case for a cache'],
        details: pairs,
      };
    } finally {
      await small.stop();
      await large.stop();
    }
  },
};

/** One API process with so many connections. */
class Site {
  private readonly database: BenchDatabase;
  private readonly program: Program;
  private readonly ids: string[];
  private next = 1;

  private constructor(database: BenchDatabase, program: Program, ids: string[]) {
    this.database = database;
    this.program = program;
    this.ids = ids;
  }

  static async start(server: BenchServer, name: string, count: number): Promise<Site> {
    const database = await server.create(name);
    const keys = newKeys();
    const program = await startService('api', database, keys);
    const ids = await addConnections(database, keys, count);
    await database.rows('ANALYZE');
    return new Site(database, program, ids);
  }

  async measure(databasePid: number, seconds: number): Promise<Size> {
    await this.database.rows('TRUNCATE deliveries CASCADE');
    await this.database.settle();
    const firstMs = await this.firsts();
    const cpu = treeCpuMs(this.program.pid) + treeCpuMs(databasePid);
    const result = await sendLoad({
      port: Number(new URL(this.program.url).port),
      deliveries: { bytes: 10_240, seed: 10, secret: SECRET, path: '/' },
      firstNumber: this.take(),
      connections: 20,
      seconds,
      pace: { kind: 'closed', most: 9000 * seconds },
      paths: this.ids.map(pathOf),
    });
    const used = treeCpuMs(this.program.pid) + treeCpuMs(databasePid) - cpu;
    const rows = await this.database.number(`SELECT count(*) FROM deliveries`);
    if (rows !== result.accepted + firstMs.length) throw new Error(`void: ${result.accepted + firstMs.length} rows were expected and ${rows} are there.`);
    return { connections: this.ids.length, perSecond: result.accepted / result.seconds, cpuMs: used / result.accepted, mb: residentMb(this.program.pid), firstMs, listMs: await this.listTimes() };
  }

  /** Deliveries to twenty connections that had none for a while. */
  private async firsts(): Promise<number[]> {
    const paths = this.ids.slice(-20).map(pathOf);
    const { latencies } = await sendLoad({
      port: Number(new URL(this.program.url).port), deliveries: { bytes: 2000, seed: 11, secret: SECRET, path: '/' }, firstNumber: this.take(), connections: 1, seconds: 60, pace: { kind: 'closed', most: paths.length }, paths,
    });
    return latencies;
  }

  private async listTimes(): Promise<number[]> {
    const times: number[] = [];
    for (let page = 0; page < 30; page += 1) {
      const started = performance.now();
      const answer = await fetch(`${this.program.url}/api/v1/deliveries?limit=50`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`void: a list was answered with ${answer.status}`);
      times.push(performance.now() - started);
    }
    return times;
  }

  private take(): number {
    this.next += 1_000_000;
    return this.next;
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await this.database.close();
  }
}
