/**
 * `npm test`: everything that says whether the product is right. Lint with its walls, types, and every test on a real
 * PostgreSQL of its own. Shows progress and ends with one sentence.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build-all.ts';
import { nx, root, step } from './programs.ts';
import { startTestServer } from './test-server.ts';

const started = Date.now();
const projects = ['libs/contracts', 'libs/domain', 'libs/ui', 'apps/api', 'apps/web', 'apps/api-e2e', 'tools'].filter((one) => existsSync(join(root, one, 'jest.config.mjs')));

await buildAll();
await nx(['lint', 'typecheck']);
const server = await startTestServer();
process.on('exit', () => undefined);
await step('tests', process.execPath, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', '--projects', ...projects, '--maxWorkers=2', '--passWithNoTests'], {
  env: { ...process.env, ...server.env },
});
await server.stop();
console.log(`\nEverything passed in ${Math.round((Date.now() - started) / 1000)} s. The tests' names above say what the product does.`);
