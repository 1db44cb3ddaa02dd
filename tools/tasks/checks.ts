/** Lint and types of the whole workspace, each in one process. The projects' own targets in Nx check one project at a time. */
import { join } from 'node:path';
import { root, step } from './programs.ts';

const PROJECTS = ['libs/contracts', 'libs/domain', 'libs/ui', 'apps/api', 'apps/web', 'apps/api-e2e', 'apps/web-e2e', 'tools'];

/** ESLint with its walls. The rule between projects reads the project graph that the build before has left on disk. */
export function lintAll(): Promise<void> {
  return step('lint', process.execPath, [join(root, 'node_modules/eslint/bin/eslint.js'), '--max-warnings', '0', ...PROJECTS]);
}

/** The types of everything, tests included. */
export function typecheckAll(): Promise<void> {
  return step('types', process.execPath, [join(root, 'node_modules/@typescript/native/bin/tsc'), '-b', ...PROJECTS]);
}
