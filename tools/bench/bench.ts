/**
 * `npm run bench [-- name ...]`: measures the service against the floor and keeps what it found. See README.md here.
 *
 * Ends with one line per bench and, when a goal was missed, with exit code 1.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BENCHES } from './benches/all.ts';
import { BenchServer } from './database.ts';
import { type BenchResult, isMissed, linesOf } from './figures.ts';
import { conditions } from './machine.ts';
import { root } from './programs.ts';
import type { Bench, BenchOptions } from './suite.ts';

const RESULTS = join(root, 'test-output/bench');

const { options, names } = readArguments();
const chosen = chooseBenches(names);
mkdirSync(RESULTS, { recursive: true });
const machine = conditions();
console.log(`\n${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}, load ${machine.load} before the first bench, ${options.rounds} rounds of ${options.seconds} s`);

const headlines: string[] = [];
let missed = false;
for (const bench of chosen) await runBench(bench);
console.log(`\n${headlines.join('\n')}`);
process.exit(missed ? 1 : 0);

async function runBench(bench: Bench): Promise<void> {
  console.log(`\n> ${bench.name}: ${bench.what}`);
  const started = Date.now();
  // A server for each bench: none inherits the tables, the write-ahead log or the vacuuming of another.
  const server = await BenchServer.start();
  try {
    const result = await bench.run(server, options);
    keep(bench, server, result);
    const lines = linesOf(bench.name, result);
    console.log(lines.join('\n'));
    headlines.push(lines.at(-1)!);
    missed ||= isMissed(result);
  } catch (error) {
    missed = true;
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`${bench.name}: no figure. ${reason}`);
    headlines.push(`${bench.name}: no figure (${reason.split('\n')[0]})  MISSED`);
  } finally {
    await server.stop();
    console.log(`  (${Math.round((Date.now() - started) / 1000)} s)`);
  }
}

function keep(bench: Bench, server: BenchServer, result: BenchResult): void {
  const file = join(RESULTS, `${bench.name}-${machine.at.replace(/[:.]/g, '-')}.json`);
  writeFileSync(file, JSON.stringify({ bench: bench.name, machine, postgres: server.version, options, ...result }, null, 2));
}

function readArguments(): { options: BenchOptions; names: string[] } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      peers: { type: 'string', default: '' },
      noise: { type: 'string', default: '0' },
      herd: { type: 'string', default: '0' },
      rows: { type: 'string', default: '1000000' },
      minutes: { type: 'string' },
    },
  });
  const { quick } = values;
  const options: BenchOptions = {
    quick,
    seconds: Number(values.seconds ?? (quick ? 2 : 8)),
    rounds: Number(values.rounds ?? 3),
    peers: values.peers.split(',').filter(Boolean),
    noise: Number(values.noise),
    herd: Number(values.herd),
    rows: quick ? Math.min(Number(values.rows), 50_000) : Number(values.rows),
    minutes: Number(values.minutes ?? (quick ? 0.5 : 15)),
  };
  return { options, names: positionals };
}

function chooseBenches(wanted: string[]): Bench[] {
  if (wanted.length === 0) return BENCHES.filter((one) => one.usual);
  const unknown = wanted.filter((name) => !BENCHES.some((one) => one.name === name));
  if (unknown.length === 0) return wanted.map((name) => BENCHES.find((one) => one.name === name)!);
  console.error(`There is no bench "${unknown.join('", "')}". The benches are:`);
  for (const one of BENCHES) console.error(`  ${one.name.padEnd(12)} ${one.what}`);
  process.exit(1);
}
