/**
 * `npm test`: everything that says whether the product is right. Lint with its walls, types, and every test on a real
 * PostgreSQL of its own. Shows progress and ends with one sentence.
 */
import { buildAll } from './build-all.ts';
import { nx, tellFailure } from './programs.ts';
import { runTests } from './tests.ts';

const started = Date.now();
const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(1);

await buildAll();
await nx(['lint', 'typecheck']);
console.log('\n> tests');
const testsStarted = Date.now();
const code = await runTests([]);
if (code === 0) console.log(`\nEverything passed in ${seconds(started)} s: build, lint, types and tests.`);
else tellFailure('tests', code, seconds(testsStarted));
process.exit(code);
