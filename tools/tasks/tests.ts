/** Jest over all projects that have tests, on a database of its own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './programs.ts';
import { withTestServer } from './test-server.ts';

const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const PROJECTS = ['libs/contracts', 'libs/domain', 'libs/ui', 'apps/api', 'apps/web', 'apps/api-e2e', 'tools'];

/** Runs the tests that fit Jest's arguments, all without any; gives the exit code. */
export function runTests(args: string[]): Promise<number> {
  const projects = PROJECTS.filter((project) => existsSync(join(root, project, 'jest.config.mjs')));
  return withTestServer((env) => run(process.execPath, [...JEST, '--projects', ...projects, '--maxWorkers=2', ...args], { env }));
}
