/** Figures: what a bench found, the goal, and how they are told. */

/** One number that a bench found. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The goal in words, for example ">= 1.0"; figures without one are there to be read. */
  goal?: string;
  /** False when the goal was missed. */
  ok?: boolean;
  /** A goal that is told when it is missed but does not fail the bench: a stretch, or something that this machine cannot show. */
  told?: boolean;
}

/** What a bench gives back. */
export interface BenchResult {
  figures: Figure[];
  /** The figure that stands in the last line. */
  headline: string;
  /** What the reader must know: void rounds, foreign load, what this machine cannot show. */
  notes: string[];
  /** Everything that was measured, kept in the JSON only. */
  details?: unknown;
}

/** A figure whose value must not be below the goal. */
export function atLeast(name: string, value: number, goal: number, unit: string, options: { told?: boolean } = {}): Figure {
  return { name, value, unit, goal: `>= ${goal}`, ok: value >= goal, ...options };
}

/** A figure whose value must not be above the goal. */
export function atMost(name: string, value: number, goal: number, unit: string, options: { told?: boolean } = {}): Figure {
  return { name, value, unit, goal: `<= ${goal}`, ok: value <= goal, ...options };
}

/** A count that must be exactly this. */
export function exactly(name: string, value: number, goal: number, unit: string): Figure {
  return { name, value, unit, goal: `= ${goal}`, ok: value === goal };
}

export function plain(name: string, value: number, unit: string): Figure {
  return { name, value, unit };
}

export function median(values: number[]): number {
  return percentile(values, 50);
}

/** The smallest value that so many per cent of the values do not exceed. NaN for no values. */
export function percentile(values: number[], percent: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}

export function isMissed({ figures }: BenchResult): boolean {
  return figures.some((one) => one.ok === false && !one.told);
}

/** Three digits that mean something. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return 'no value';
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** The lines of one result, the headline last. */
export function linesOf(name: string, result: BenchResult): string[] {
  const width = Math.max(...result.figures.map((one) => one.name.length));
  const rows = result.figures.map((one) => `  ${one.name.padEnd(width)}  ${shown(one.value).padStart(8)} ${one.unit}${goalWords(one)}`);
  return [...rows, ...result.notes.map((note) => `  note: ${note}`), `${name}: ${result.headline}${isMissed(result) ? '  MISSED' : ''}`];
}

function goalWords({ goal, ok, told }: Figure): string {
  if (goal === undefined) return '';
  return `  (goal ${goal}${ok ? '' : told ? ', not reached' : ', MISSED'})`;
}
