/** B15: the first route of the page, as Lighthouse sees it on a slow phone, and what it loads. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findBrowser } from '../../../apps/web-e2e/src/find-browser.ts';
import { newKeys, startService } from '../contestants.ts';
import { atLeast, atMost, type BenchResult, median, plain, shown } from '../figures.ts';
import type { Bench } from '../suite.ts';

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

export const spa: Bench = {
  name: 'spa',
  what: 'the first route of the page: Lighthouse (mobile) and what is loaded, compressed',
  usual: true,
  async run(server, { rounds }): Promise<BenchResult> {
    const browser = findBrowser(process.env);
    if (!browser) throw new Error('no Chromium or Chrome was found; install one, or name it with CHROMIUM=/path/to/chromium');
    const database = await server.create('ours');
    const program = await startService('api', database, newKeys());
    try {
      const seen: Seen[] = [];
      for (let round = 0; round < rounds; round += 1) seen.push(await look(`${program.url}/`, browser));
      const middle = (what: (one: Seen) => number): number => median(seen.map(what));
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
          plain("Lighthouse's own index of this machine", middle((one) => one.benchmarkIndex), ''),
        ],
        headline: `performance ${shown(middle((one) => one.performance))}, accessibility ${shown(middle((one) => one.accessibility))}`,
        notes: [],
        details: seen,
      };
    } finally {
      await program.stop();
      await database.close();
    }
  },
};

async function look(address: string, browser: string): Promise<Seen> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../spa-lighthouse.mjs'), address, browser], { maxBuffer: 64 * 2 ** 20, timeout: 180_000 });
  return JSON.parse(stdout) as Seen;
}
