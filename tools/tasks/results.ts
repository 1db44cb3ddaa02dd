/** How many tests passed and failed, read from what Jest and Playwright wrote down. */
import { readFileSync } from 'node:fs';

export interface Counts {
  passed: number;
  failed: number;
}

/** Jest's results. A file of tests that could not even be loaded counts as one failure, and so do results that are not there. */
export function countJest(file: string): Counts {
  return read(file, ({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites }: { numPassedTests: number; numFailedTests: number; numRuntimeErrorTestSuites: number }) => ({
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites,
  }));
}

/** Playwright's results. What it could not assign to a test counts as one failure each, and so do results that are not there. */
export function countPlaywright(file: string): Counts {
  return read(file, ({ stats, errors }: { stats: { expected: number; unexpected: number; flaky: number }; errors: unknown[] }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
  }));
}

export function sum(counts: Counts[]): Counts {
  return counts.reduce((all, one) => ({ passed: all.passed + one.passed, failed: all.failed + one.failed }), { passed: 0, failed: 0 });
}

function read<T>(file: string, count: (results: T) => Counts): Counts {
  try {
    return count(JSON.parse(readFileSync(file, 'utf8')) as T);
  } catch {
    return { passed: 0, failed: 1 };
  }
}
