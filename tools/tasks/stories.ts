/** The stories in a browser: Playwright against the built service as a process of its own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from '../../apps/web-e2e/src/find-browser.ts';
import { root, run } from './programs.ts';

const PLAYWRIGHT = [join(root, 'node_modules/@playwright/test/cli.js'), 'test', '-c', 'apps/web-e2e/playwright.config.ts'];

/** Where the stories write what became of them. */
export const STORY_RESULTS = join(root, 'apps/web-e2e/test-output/results.json');

/** Why there is no story, in words; null when there is a browser. */
export function missingBrowser(env: NodeJS.ProcessEnv = process.env): string | null {
  if (findBrowser(env)) return null;
  const named = env.CHROMIUM;
  return named ? `${named}, which CHROMIUM names, is not a program` : 'no Chromium or Chrome was found; install one, or name it with CHROMIUM=/path/to/chromium';
}

/**
 * Runs the stories that fit Playwright's arguments, all without any; gives the exit code. Without a browser it says so and counts as
 * passed, except in CI, where they must run.
 * @param env of a test database; the service must be built
 */
export async function runStories(env: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const missing = missingBrowser(env);
  rmSync(STORY_RESULTS, { force: true });
  if (!missing) return run(process.execPath, [...PLAYWRIGHT, ...args], { env });
  console.error(`The stories in a browser were not run: ${missing}.`);
  return env.CI ? 1 : 0;
}
