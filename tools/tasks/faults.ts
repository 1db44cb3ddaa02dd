/**
 * `npm run test:faults [-- id ...]`: faults and attacks against real processes, on a database of their own. Without ids all of them.
 * Each prints its figures; a table of all of them comes last, and is kept in `test-output/faults.json`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { buildAll } from './build-all.ts';
import { root, run } from './programs.ts';
import { withTestServer } from './test-server.ts';

/** What one test of a row found; written by `apps/api-e2e/faults/figures.ts`. */
interface Told {
  row: number;
  title: string;
  holds: boolean;
  seconds: number;
  figures: { what: string; counted: number | string; expected: string; verdict: string }[];
  conditions: string[];
}

const FOLDER = join(root, 'apps/api-e2e/faults');
const LINES = join(root, 'test-output/faults.jsonl');
const KEPT = join(root, 'test-output/faults.json');

const started = Date.now();
const ids = process.argv.slice(2);
const files = filesOf(ids);

await buildAll();
rmSync(LINES, { force: true });
mkdirSync(dirname(LINES), { recursive: true });
const code = await withTestServer((env) => run(process.execPath, [
  '--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', '-c', 'apps/api-e2e/jest.faults.config.mjs', '--runInBand', '--runTestsByPath', ...files,
], { env: { ...env, FAULTS_OUTPUT: LINES } }));
tellTable();
process.exit(code);

/** The files of the named rows, in the order of their numbers. */
function filesOf(wanted: string[]): string[] {
  const all = readdirSync(FOLDER).filter((name) => /^\d+-.*\.spec\.ts$/.test(name)).sort();
  const unknown = wanted.filter((id) => !all.some((name) => isOf(name, id)));
  if (unknown.length > 0) {
    console.error(`There is no row ${unknown.join(', ')}. The rows are: ${[...new Set(all.map((name) => Number.parseInt(name, 10)))].join(', ')}.`);
    process.exit(1);
  }
  return all.filter((name) => wanted.length === 0 || wanted.some((id) => isOf(name, id))).map((name) => join(FOLDER, name));
}

function isOf(name: string, id: string): boolean {
  return Number.parseInt(name, 10) === Number(id);
}

function tellTable(): void {
  const told = existsSync(LINES) ? readFileSync(LINES, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Told) : [];
  const seconds = (Date.now() - started) / 1000;
  writeFileSync(KEPT, `${JSON.stringify({ at: new Date().toISOString(), node: process.version, cores: cpus().length, seconds, rows: told }, null, 2)}\n`);
  console.log('\nrow  holds  seconds  what was counted');
  for (const one of told) {
    console.log(`${String(one.row).padStart(3)}  ${one.holds ? 'yes  ' : 'NO   '}  ${one.seconds.toFixed(1).padStart(7)}  ${one.title}`);
    for (const { what, counted, expected, verdict } of one.figures) console.log(`                     ${verdict === 'holds' ? ' ' : '!'} ${what}: ${counted} (expected ${expected}${verdict === 'holds' ? '' : `; ${verdict}`})`);
  }
  const missed = told.filter((one) => !one.holds);
  console.log(`\n${told.length} faults in ${seconds.toFixed(0)} s, ${missed.length} without their figures${missed.length > 0 ? `: rows ${[...new Set(missed.map((one) => one.row))].join(', ')}` : ''}. Kept in ${KEPT}`);
}
