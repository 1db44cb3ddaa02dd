import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countJest, countPlaywright, sum } from './results.ts';

describe('The number of tests that passed and failed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openhands-jira-results-'));
  const file = join(folder, 'results.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is what Jest wrote down, and a file of tests that could not be loaded is a failure', () => {
    writeFileSync(file, JSON.stringify({ numPassedTests: 40, numFailedTests: 2, numRuntimeErrorTestSuites: 1, numTotalTests: 42 }));
    expect(countJest(file)).toEqual({ passed: 40, failed: 3 });
  });

  it('is what Playwright wrote down, and an error outside of all tests is a failure', () => {
    writeFileSync(file, JSON.stringify({ stats: { expected: 17, unexpected: 1, flaky: 1, skipped: 3 }, errors: [{ message: 'No tests found' }] }));
    expect(countPlaywright(file)).toEqual({ passed: 17, failed: 3 });
  });

  it.each([['Jest', countJest], ['Playwright', countPlaywright]])('is one failure when %s wrote nothing down, or something else', (_who, count) => {
    expect(count(join(folder, 'nothing.json'))).toEqual({ passed: 0, failed: 1 });
    writeFileSync(file, 'half a fi');
    expect(count(file)).toEqual({ passed: 0, failed: 1 });
  });

  it('is added up', () => {
    expect(sum([{ passed: 40, failed: 2 }, { passed: 17, failed: 0 }])).toEqual({ passed: 57, failed: 2 });
  });
});
