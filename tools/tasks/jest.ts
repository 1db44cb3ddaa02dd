/** `node tools/run.mjs jest <pattern>`: some tests, on a database of their own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './programs.ts';
import { startTestServer } from './test-server.ts';

const PROJECTS = ['libs/contracts', 'libs/domain', 'libs/ui', 'apps/api', 'apps/web', 'apps/api-e2e', 'tools'];
const projects = PROJECTS.filter((project) => existsSync(join(root, project, 'jest.config.mjs')));

const server = await startTestServer();
const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', '--projects', ...projects, '--maxWorkers=2', ...process.argv.slice(2)];
const code = await run(process.execPath, args, { env: { ...process.env, ...server.env } });
await server.stop();
process.exit(code);
