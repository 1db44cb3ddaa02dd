/** Can two kinds of work be told apart by their time? Welch's t-test over many interleaved runs, as in published tests of constant-time code. */

const RUNS = 10_000;
/** Runs in which something else on the machine took the time say nothing. */
const KEPT_SHARE = 0.9;
const ATTEMPTS = 3;

/**
 * The absolute t value; from 4.5 on, the difference is no chance. Other programs disturb, so the smallest of three attempts counts: a
 * true difference shows in each.
 */
export function differenceInTime(one: () => unknown, other: () => unknown): number {
  for (let run = 0; run < 1000; run += 1) [one, other].map((work) => work());
  return Math.min(...Array.from({ length: ATTEMPTS }, () => Math.abs(measure(one, other))));
}

function measure(one: () => unknown, other: () => unknown): number {
  const times: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run += 1) {
    // In changing order, so that neither always comes after the other.
    const first = run % 2;
    for (const kind of [first, 1 - first] as (0 | 1)[]) times[kind].push(nanosecondsOf(kind === 0 ? one : other));
  }
  const limit = Math.max(...times.map((list) => list.toSorted((a, b) => a - b)[Math.floor(list.length * KEPT_SHARE)]!));
  return welch(times[0].filter((time) => time <= limit), times[1].filter((time) => time <= limit));
}

function nanosecondsOf(work: () => unknown): number {
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started);
}

function welch(one: number[], other: number[]): number {
  const [a, b] = [momentsOf(one), momentsOf(other)];
  return (a.mean - b.mean) / Math.sqrt(a.variance / one.length + b.variance / other.length);
}

function momentsOf(values: number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
}
