/** B16: what the settings page asks, with 10,000 connections and a million deliveries in the database. */
import { addConnections, ADMIN_TOKEN, newKeys, startService } from '../contestants.ts';
import { atMost, type BenchResult, percentile, shown } from '../figures.ts';
import { addHistory } from '../history.ts';
import { treeCpuMs } from '../machine.ts';
import type { Bench } from '../suite.ts';

const CALLS = 100;

export const api: Bench = {
  name: 'api',
  what: 'lists and writes of the REST interface with 10,000 connections and a million deliveries',
  usual: true,
  async run(server, { quick, rows }): Promise<BenchResult> {
    const database = await server.create('ours');
    const keys = newKeys();
    const program = await startService('api', database, keys);
    try {
      const [first] = await addConnections(database, keys, quick ? 1000 : 10_000);
      await addHistory(database, first!, rows);
      await database.rows('ANALYZE');
      const ask = (method: string, path: string, body?: unknown): Promise<number> => timed(`${program.url}${path}`, method, body);
      const cpu = treeCpuMs(program.pid) + treeCpuMs(server.pid);
      const reads = {
        deliveries: await many(() => ask('GET', '/api/v1/deliveries?limit=50')),
        'deliveries of an issue': await many((call) => ask('GET', `/api/v1/deliveries?limit=50&issueKey=SHOP-${call}`)),
        jobs: await many(() => ask('GET', '/api/v1/jobs?limit=50')),
        integrations: await many(() => ask('GET', '/api/v1/integrations')),
      };
      const perRead = (treeCpuMs(program.pid) + treeCpuMs(server.pid) - cpu) / (CALLS * 4);
      const certificates = await many(() => ask('PUT', '/api/v1/admin/certificates', { pem: '' }));
      return {
        figures: [
          ...Object.entries(reads).map(([name, times]) => atMost(`${name}, p95`, percentile(times, 95), 20, 'ms')),
          atMost('a write (certificates of the installation), p95', percentile(certificates, 95), 30, 'ms'),
          { name: 'CPU per read', value: perRead, unit: 'ms' },
        ],
        headline: `lists p95 ${shown(Math.max(...Object.values(reads).map((times) => percentile(times, 95))))} ms, writes p95 ${shown(percentile(certificates, 95))} ms`,
        notes: [],
        details: { reads, certificates },
      };
    } finally {
      await program.stop();
      await database.close();
    }
  },
};

async function many(call: (index: number) => Promise<number>): Promise<number[]> {
  for (let index = 0; index < 5; index += 1) await call(index);
  const times: number[] = [];
  for (let index = 0; index < CALLS; index += 1) times.push(await call(index));
  return times;
}

async function timed(address: string, method: string, body?: unknown): Promise<number> {
  const started = performance.now();
  const answer = await fetch(address, { method, headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`void: ${method} ${address} was answered with ${answer.status}: ${text.slice(0, 200)}`);
  return performance.now() - started;
}
