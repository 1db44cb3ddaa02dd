/**
 * What a fault's test counts, and what it is measured against. Each test tells its figures on one line, so that they can be copied
 * into notes, and adds them to the list from which `npm run test:faults` makes its table.
 *
 * Counts are judged always. Times are judged only while nobody else uses the machine: a test that is slow because two other programs
 * compile proves nothing, but what it measured is told all the same.
 */
import { appendFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename } from 'node:path';

type Verdict = 'holds' | 'missed' | 'not judged, the machine was busy';

interface Figure {
  what: string;
  counted: number | string;
  expected: string;
  verdict: Verdict;
}

/** Cores in use by other programs, above which times say nothing. */
const QUIET_CORES = 0.35;
const LOOK_MS = 400;

/** The figures of one test. */
export class Figures {
  readonly all: Figure[] = [];
  readonly conditions: string[] = [];

  constructor(
    private readonly row: number,
    private readonly isQuiet: boolean,
  ) {}

  /** Under which conditions this was measured: how many, how fast, how long. */
  condition(text: string): void {
    this.conditions.push(text);
  }

  /** A count that must be exactly this. */
  exactly(what: string, counted: number | string, expected: number | string): void {
    this.add(what, counted, String(expected), counted === expected);
  }

  /** A count that may not be more. */
  atMost(what: string, counted: number, most: number, unit = ''): void {
    this.add(what, inUnit(counted, unit), `<= ${inUnit(most, unit)}`, counted <= most);
  }

  /** A count that may not be less. */
  atLeast(what: string, counted: number, least: number, unit = ''): void {
    this.add(what, inUnit(counted, unit), `>= ${inUnit(least, unit)}`, counted >= least);
  }

  /** A time that may not be longer; judged on a quiet machine only. */
  within(what: string, measured: number, most: number, unit = 'ms'): void {
    this.needsTheMachine();
    this.add(what, inUnit(measured, unit), `<= ${inUnit(most, unit)}`, measured <= most, this.isQuiet);
  }

  /** A rate or a share that may not be lower; judged on a quiet machine only. */
  keepsUp(what: string, measured: number, least: number, unit = ''): void {
    this.needsTheMachine();
    this.add(what, inUnit(measured, unit), `>= ${inUnit(least, unit)}`, measured >= least, this.isQuiet);
  }

  get missed(): Figure[] {
    return this.all.filter((one) => one.verdict === 'missed');
  }

  /** Beside another row a time says nothing, and would never be judged. */
  private needsTheMachine(): void {
    if (process.env.FAULTS_SIDE_BY_SIDE) throw new Error(`Row ${this.row} judges a time, and runs beside others: tools/tasks/faults.ts has to find "figures.within(" or "figures.keepsUp(" in its file.`);
  }

  private add(what: string, counted: number | string, expected: string, holds: boolean, judged = true): void {
    this.all.push({ what, counted, expected, verdict: holds ? 'holds' : judged ? 'missed' : 'not judged, the machine was busy' });
  }
}

/**
 * A test of one row: runs it, tells its figures whatever happens, and fails when one is missed.
 * @param row its number in the list of faults
 */
export function fault(row: number, title: string, work: (figures: Figures) => Promise<void>, timeoutMs = 600_000): void {
  it(title, async () => {
    const started = Date.now();
    const busy = await foreignCores();
    const figures = new Figures(row, busy <= QUIET_CORES);
    figures.condition(`${cpus().length} cores, ${busy.toFixed(2)} of them used by others`);
    let ended = false;
    try {
      await work(figures);
      ended = true;
    } finally {
      tell(row, title, figures, ended, (Date.now() - started) / 1000);
    }
    if (figures.missed.length > 0) throw new Error(figures.missed.map((one) => `${one.what}: ${one.counted}, expected ${one.expected}`).join('; '));
  }, timeoutMs);
}

function tell(row: number, title: string, figures: Figures, ended: boolean, seconds: number): void {
  const holds = ended && figures.missed.length === 0;
  const parts = figures.all.map((one) => `${one.what} ${one.counted} (${one.expected}${one.verdict === 'holds' ? '' : `: ${one.verdict}`})`);
  process.stderr.write(`\n[row ${row}] ${holds ? 'holds' : 'DOES NOT HOLD'}: ${parts.join('; ')} [${figures.conditions.join('; ')}]\n`);
  const path = process.env.FAULTS_OUTPUT;
  if (path) appendFileSync(path, `${JSON.stringify({ row, file: basename(expect.getState().testPath ?? ''), title, holds, seconds, figures: figures.all, conditions: figures.conditions })}\n`);
}

/** Cores that are in use while we do nothing. */
async function foreignCores(): Promise<number> {
  const [before, since] = [busyMs(), Date.now()];
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  return (busyMs() - before) / (Date.now() - since);
}

function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

function inUnit(value: number, unit: string): string {
  const rounded = Number.isInteger(value) ? value : Math.round(value * 100) / 100;
  return unit ? `${rounded} ${unit}` : String(rounded);
}

/** The value below which this share of all values lies, for example 0.99. */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
