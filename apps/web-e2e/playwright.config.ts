/** How the stories run: two files at a time, each with an installation of its own, in the browser of this machine, with everything kept in `test-output`. */
import { defineConfig } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './src/find-browser.ts';

const executablePath = findBrowser();
if (!executablePath) throw new Error('No browser was found. Install Chromium, or name one with CHROMIUM=/path/to/chromium.');

export default defineConfig({
  testDir: './src',
  outputDir: './test-output',
  forbidOnly: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: './test-output/results.json' }]],
  use: {
    browserName: 'chromium',
    actionTimeout: 15_000,
    screenshot: 'only-on-failure',
    launchOptions: { executablePath, args: BROWSER_FLAGS },
  },
});
