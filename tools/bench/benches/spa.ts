/** B15: the first route of the page, as Lighthouse sees it on a slow phone, and what it loads; then a long list under a wheel. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findBrowser } from '../../../apps/web-e2e/src/find-browser.ts';
import { newKeys, startService } from '../contestants.ts';
import { atLeast, atMost, type BenchResult, type Figure, median, plain, shown } from '../figures.ts';
import type { Bench } from '../suite.ts';

/** Rows of the long list. */
const ROWS = 10_000;

interface Seen {
  performance: number;
  accessibility: number;
  lcpMs: number;
  tbtMs: number;
  cls: number;
  fcpMs: number;
  benchmarkIndex: number;
  transfers: { url: string; resourceType: string; transferSize: number }[];
}

interface Scrolled {
  rows: number;
  elements: number;
  framesPerSecond: number;
  /** Frames that took longer than 50 ms. */
  longFrames: number;
  longestFrameMs: number;
  /** Heights of the window that went by. */
  screens: number;
  cpuMsPerScreen: number;
  cpuMsPerFrame: number;
}

export const spa: Bench = {
  name: 'spa',
  what: 'the first route of the page: Lighthouse (mobile) and what is loaded, compressed; a list of 10,000 rows under a wheel',
  usual: true,
  async run(server, { rounds, quick, seconds }): Promise<BenchResult> {
    const browser = findBrowser(process.env);
    if (!browser) throw new Error('no Chromium or Chrome was found; install one, or name it with CHROMIUM=/path/to/chromium');
    const database = await server.create('ours');
    // With a git provider, as in every real installation: without one the first page tells at length what is missing.
    const program = await startService('api', database, newKeys(), { GITHUB_CLIENT_ID: 'bench', GITHUB_CLIENT_SECRET: 'bench' });
    try {
      const seen: Seen[] = [];
      for (let round = 0; round < rounds; round += 1) seen.push(await found<Seen>('spa-lighthouse.mjs', [`${program.url}/`, browser]));
      const middle = (what: (one: Seen) => number): number => median(seen.map(what));
      const scrolled = await found<Scrolled>('spa-scroll.mjs', [program.url, browser, String(quick ? 1000 : ROWS), String(seconds)]);
      const kB = (type: string): number => middle((one) => one.transfers.filter((each) => each.resourceType === type).reduce((sum, each) => sum + each.transferSize, 0) / 1024);
      return {
        figures: [
          atLeast('performance', middle((one) => one.performance), 95, ''),
          atLeast('accessibility', middle((one) => one.accessibility), 100, ''),
          atMost('largest contentful paint', middle((one) => one.lcpMs), 1500, 'ms', { told: true }),
          atMost('total blocking time', middle((one) => one.tbtMs), 100, 'ms', { told: true }),
          atMost('layout shift', middle((one) => one.cls), 0.02, ''),
          atMost('scripts', kB('Script'), 110, 'kB', { told: true }),
          atMost('styles', kB('Stylesheet'), 15, 'kB', { told: true }),
          plain('performance, best round', Math.max(...seen.map((one) => one.performance)), ''),
          plain("Lighthouse's own index of this machine", middle((one) => one.benchmarkIndex), ''),
          ...figuresOf(scrolled),
        ],
        headline: `performance ${shown(middle((one) => one.performance))}, accessibility ${shown(middle((one) => one.accessibility))}, ${shown(scrolled.framesPerSecond)} frames/s over ${scrolled.rows} rows`,
        notes: ['Everything is drawn without a graphics card. Lighthouse takes the times of this machine by four: its index says how fast the machine was meanwhile.'],
        details: { seen, scrolled },
      };
    } finally {
      await program.stop();
      await database.close();
    }
  },
};

/** Frames depend on what else the machine is doing; the time of the page's own thread does not, and a frame has 16.7 ms. */
function figuresOf({ rows, elements, framesPerSecond, longFrames, longestFrameMs, screens, cpuMsPerScreen, cpuMsPerFrame }: Scrolled): Figure[] {
  return [
    atLeast(`frames a second over ${rows} rows`, framesPerSecond, 55, '', { told: true }),
    atMost('main thread for each frame', cpuMsPerFrame, 8, 'ms of processor time'),
    plain('main thread for each screen that goes by', cpuMsPerScreen, 'ms of processor time'),
    plain('frames over 50 ms', longFrames, `(longest ${shown(longestFrameMs)} ms, ${shown(screens)} screens, ${elements} elements)`),
  ];
}

/** What a program beside this folder prints as JSON. */
async function found<T>(file: string, args: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, '..', file), ...args], { maxBuffer: 64 * 2 ** 20, timeout: 300_000 });
  return JSON.parse(stdout) as T;
}
