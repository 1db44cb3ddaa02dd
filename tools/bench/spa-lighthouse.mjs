/** Runs Lighthouse (mobile, simulated throttling: its defaults) on one address with the browser that is named, and prints what was asked for as JSON. */
import lighthouse from 'lighthouse';
import { launch } from 'chrome-launcher';

const [address, chromePath] = process.argv.slice(2);
const chrome = await launch({ chromePath, chromeFlags: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'], logLevel: 'silent' });
try {
  const { lhr } = await lighthouse(address, { port: chrome.port, output: 'json', logLevel: 'silent', onlyCategories: ['performance', 'accessibility'] });
  const value = (id) => lhr.audits[id].numericValue;
  console.log(JSON.stringify({
    performance: Math.round(lhr.categories.performance.score * 100),
    accessibility: Math.round(lhr.categories.accessibility.score * 100),
    lcpMs: value('largest-contentful-paint'), tbtMs: value('total-blocking-time'), cls: value('cumulative-layout-shift'), fcpMs: value('first-contentful-paint'),
    benchmarkIndex: lhr.environment.benchmarkIndex,
    transfers: lhr.audits['network-requests'].details.items.map(({ url, resourceType, transferSize }) => ({ url, resourceType, transferSize })),
  }));
} finally {
  await chrome.kill();
}
