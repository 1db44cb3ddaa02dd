/** Lint and types of the whole workspace in few processes. The projects' own targets in Nx check one project at a time. */
import { join } from 'node:path';
import { root, step } from './programs.ts';

const PAGE = ['libs/ui', 'apps/web', 'apps/web-e2e'];
const REST = ['libs/contracts', 'libs/domain', 'apps/api', 'apps/api-e2e', 'tools'];

/**
 * ESLint with its walls. The rule between projects reads the project graph that the build before has left on disk. The page, whose rules
 * for React take long, goes beside the rest, which the rules with types take long for.
 */
export async function lintAll(): Promise<void> {
  await Promise.all([lint('lint', REST), lint('lint of the page', PAGE)]);
}

function lint(name: string, projects: string[]): Promise<void> {
  return step(name, process.execPath, [join(root, 'node_modules/eslint/bin/eslint.js'), '--max-warnings', '0', ...projects]);
}

/** The types of everything, tests included. */
export function typecheckAll(): Promise<void> {
  return step('types', process.execPath, [join(root, 'node_modules/@typescript/native/bin/tsc'), '-b', ...REST, ...PAGE]);
}
