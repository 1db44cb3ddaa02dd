/** Jest over all projects that have tests. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './programs.ts';

const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const PROJECTS = ['libs/contracts', 'libs/domain', 'libs/ui', 'apps/api', 'apps/web', 'apps/api-e2e', 'tools'];

/**
 * Runs the tests that fit Jest's arguments, all without any; gives the exit code.
 * @param env of a test database
 */
export function runTests(env: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const projects = PROJECTS.filter((project) => existsSync(join(root, project, 'jest.config.mjs')));
  return run(process.execPath, [...JEST, '--projects', ...projects, '--maxWorkers=3', ...args], { env });
}
