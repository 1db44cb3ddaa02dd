/**
 * `npm test`: everything that says whether the product is right. Lint with its walls, types, the size of the page, every test on a
 * real PostgreSQL of its own, and the stories in a browser when there is one. Shows progress and ends with two lines: how many tests
 * passed and failed, for programs, and one sentence for people.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildAll } from './build-all.ts';
import { root, step, STOPPED, tellFailure } from './programs.ts';
import { lintAll, typecheckAll } from './checks.ts';
import { countJest, countPlaywright, sum } from './results.ts';
import { missingBrowser, runStories, STORY_RESULTS } from './stories.ts';
import { withTestServer } from './test-server.ts';
import { runTests } from './tests.ts';

const TEST_RESULTS = join(root, 'test-output/jest.json');
const started = Date.now();
const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(1);

await buildAll();
await step('size of the page', process.execPath, ['apps/web/size.mjs']);
// One process each, side by side: eight of each kind would read the same sources eight times.
await Promise.all([lintAll(), typecheckAll()]);
console.log('\n> tests');
const testsStarted = Date.now();
const code = await withTestServer(testsAndStories);
tellCounts();
if (code === 0) console.log(`Everything passed in ${seconds(started)} s: build, lint, types, tests${missingBrowser() ? '; the stories in a browser were not run' : ' and stories in a browser'}.`);
else tellFailure('tests', code, seconds(testsStarted));
process.exit(code);

/** A failed test does not keep the stories from being told; Ctrl-C does. */
async function testsAndStories(env: NodeJS.ProcessEnv): Promise<number> {
  rmSync(TEST_RESULTS, { force: true });
  mkdirSync(dirname(TEST_RESULTS), { recursive: true });
  const tests = await runTests(env, ['--json', `--outputFile=${TEST_RESULTS}`]);
  if (STOPPED.includes(tests)) return tests;
  console.log('\n> stories in a browser');
  const stories = await runStories(env, []);
  return tests || stories;
}

function tellCounts(): void {
  if (STOPPED.includes(code)) return;
  const stories = missingBrowser() && !process.env.CI ? [] : [countPlaywright(STORY_RESULTS)];
  const { passed, failed } = sum([countJest(TEST_RESULTS), ...stories]);
  console.log(`\n${passed} passed, ${failed} failed`);
}
