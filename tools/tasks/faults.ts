/**
 * `npm run test:faults [-- id ...]`: faults and attacks against real processes, on a database of their own. Without ids all of them.
 * `counting` instead of ids: the files that judge no time, as CI runs them.
 * Each prints its figures; a table of all of them comes last, and is kept in `test-output/faults.json`.
 *
 * Files that only count run three at a time: most of them wait rather than work. Then come the files that measure times, one after the
 * other, because each of them needs the machine for itself. A row may have a file of either kind.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buildAll } from './build-all.ts';
import { root, run, STOPPED } from './programs.ts';
import { withTestServer } from './test-server.ts';

/** What one test of a row found; written by `apps/api-e2e/faults/figures.ts`. */
interface Told {
  row: number;
  file: string;
  title: string;
  holds: boolean;
  seconds: number;
  figures: { what: string; counted: number | string; expected: string; verdict: string }[];
  conditions: string[];
}

/** The part of Jest's own report that is read here; times are milliseconds. */
interface JestResults {
  testResults: { name: string; status: string; startTime: number; endTime: number; assertionResults: { status: string }[] }[];
}

const FOLDER = join(root, 'apps/api-e2e/faults');
const LINES = join(root, 'test-output/faults.jsonl');
const RESULTS = join(root, 'test-output/faults.jest.json');
const KEPT = join(root, 'test-output/faults.json');

/** How a file judges a time or a rate. */
const JUDGES_TIME = /\bfigures\.(within|keepsUp)\(/;
const COUNTING_AT_ONCE = 3;
const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', '-c', 'apps/api-e2e/jest.faults.config.mjs'];

const started = Date.now();
const asked = process.argv.slice(2);
const isForCounting = asked.includes('counting');
const files = filesOf(isForCounting ? [] : asked.map(Number));
const counting = files.filter((name) => !JUDGES_TIME.test(readFileSync(join(FOLDER, name), 'utf8')));
const measuring = isForCounting ? [] : files.filter((name) => !counting.includes(name));

await buildAll();
rmSync(LINES, { force: true });
mkdirSync(dirname(LINES), { recursive: true });
const untold: Told[] = [];
const code = await withTestServer(async (env) => {
  const first = await runRows(counting, [`--maxWorkers=${COUNTING_AT_ONCE}`], { ...env, FAULTS_SIDE_BY_SIDE: 'yes' });
  return STOPPED.includes(first) ? first : (await runRows(measuring, ['--runInBand'], env)) || first;
});
tellTable();
process.exit(code);

async function runRows(names: string[], how: string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (names.length === 0) return 0;
  rmSync(RESULTS, { force: true });
  const ended = await run(process.execPath, [...JEST, ...how, '--json', `--outputFile=${RESULTS}`, '--runTestsByPath', ...names.map((name) => join(FOLDER, name))], { env: { ...env, FAULTS_OUTPUT: LINES } });
  untold.push(...rowsWithoutFigures(names));
  return ended;
}

/** Rows that `npm test` tells with every run have no figures of their own, and a row that broke off has none either: what Jest says of them. */
function rowsWithoutFigures(names: string[]): Told[] {
  const told = linesTold();
  const results = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as JestResults).testResults : [];
  return names.flatMap((name) => rowsOf(name).filter((row) => !told.some((one) => one.row === row && one.file === name)).map((row) => resultOf(row, name, results.find((one) => basename(one.name) === name))));
}

function resultOf(row: number, name: string, result: JestResults['testResults'][number] | undefined): Told {
  const failed = result?.assertionResults.filter((one) => one.status === 'failed').length ?? 0;
  const holds = result?.status === 'passed';
  const figures = [{ what: 'tests that failed', counted: holds || failed > 0 ? failed : 'did not run', expected: '0', verdict: holds ? 'holds' : 'missed' }];
  return { row, file: name, title: `the tests of ${name} (${result?.assertionResults.length ?? 0})`, holds, seconds: result ? (result.endTime - result.startTime) / 1000 : 0, figures, conditions: [] };
}

function linesTold(): Told[] {
  return existsSync(LINES) ? readFileSync(LINES, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Told) : [];
}

/** The files of the named rows, in the order of their numbers. */
function filesOf(wanted: number[]): string[] {
  const all = readdirSync(FOLDER).filter((name) => /^\d[\d+]*-.*\.spec\.ts$/.test(name)).sort();
  const rows = all.flatMap(rowsOf).sort((a, b) => a - b);
  const unknown = wanted.filter((row) => !rows.includes(row));
  if (unknown.length > 0) {
    console.error(`There is no row ${unknown.join(', ')}. The rows are: ${rows.join(', ')}.`);
    process.exit(1);
  }
  return all.filter((name) => wanted.length === 0 || rowsOf(name).some((row) => wanted.includes(row)));
}

/** The rows that a file holds, which its name begins with: `16+18+19-bad-bodies.spec.ts`. */
function rowsOf(name: string): number[] {
  return name.slice(0, name.indexOf('-')).split('+').map(Number);
}

function tellTable(): void {
  const told = [...linesTold(), ...untold].sort((a, b) => a.row - b.row);
  const seconds = (Date.now() - started) / 1000;
  writeFileSync(KEPT, `${JSON.stringify({ at: new Date().toISOString(), node: process.version, cores: cpus().length, seconds, rows: told }, null, 2)}\n`);
  console.log('\nrow  holds  seconds  what was counted');
  for (const one of told) {
    console.log(`${String(one.row).padStart(3)}  ${one.holds ? 'yes  ' : 'NO   '}  ${one.seconds.toFixed(1).padStart(7)}  ${one.title}`);
    for (const { what, counted, expected, verdict } of one.figures) console.log(`                     ${verdict === 'holds' ? ' ' : '!'} ${what}: ${counted} (expected ${expected}${verdict === 'holds' ? '' : `; ${verdict}`})`);
  }
  const missed = told.filter((one) => !one.holds);
  console.log(`\n${new Set(told.map((one) => one.row)).size} rows in ${seconds.toFixed(0)} s, ${missed.length} without their figures${missed.length > 0 ? `: rows ${[...new Set(missed.map((one) => one.row))].join(', ')}` : ''}. Kept in ${KEPT}`);
}
