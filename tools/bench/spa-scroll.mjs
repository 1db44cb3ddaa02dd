/**
 * A long list under a wheel: the delivery log with all its rows loaded, in the real page and a browser without a graphics card, with
 * answers made up here. Counts the frames that the page gets and the processor time of its main thread; the latter says what the page
 * needs, whatever else the machine is doing. Prints what it found as JSON.
 */
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS } from '../../apps/web-e2e/src/find-browser.ts';

const PAGE_ROWS = 50;
const WINDOW = { width: 1280, height: 800 };
/** Pixels of one notch of a usual wheel, and milliseconds between two of a quick hand. */
const NOTCH = 120;
const NOTCH_MS = 12;

/** Five kinds of rows in turn, as unlike in height as those of a real log. */
const KINDS = [
  { event: 'comment_created', outcome: 'ignored', reason: 'no_mention_no_label' }, { event: 'comment_created', outcome: 'job', reason: 'started' },
  { event: 'issue_updated', outcome: 'refused', reason: 'repo_missing' }, { event: 'issue_updated', outcome: 'ignored', reason: 'event_not_used' },
  { event: 'comment_updated', outcome: 'ignored', reason: 'self_authored' },
];
const ACTORS = ['Ada Lovelace', 'Grace Hopper', null];

const [url, executablePath, rows, seconds] = [process.argv[2], process.argv[3], Number(process.argv[4]), Number(process.argv[5])];
const browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
try {
  const page = await browser.newPage({ viewport: WINDOW });
  await page.route(/\/api\/v1\//, (route) => route.fulfill({ json: answerTo(new URL(route.request().url())) }));
  await page.goto(`${url}/activity`);
  await loadAll(page);
  console.log(JSON.stringify({ rows, ...(await turnWheel(page)) }));
} finally {
  await browser.close();
}

/** Loads all rows as a person would, page by page. */
async function loadAll(page) {
  await page.getByRole('button', { name: 'Show older ones' }).waitFor();
  const loaded = await page.evaluate(async (wanted) => {
    const count = () => document.querySelectorAll('.log > tbody > tr').length;
    const more = () => [...document.querySelectorAll('button')].find((button) => button.textContent?.includes('Show older ones'));
    while (count() < wanted && more()) {
      more().click();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return count();
  }, rows);
  if (loaded !== rows) throw new Error(`${loaded} rows were loaded instead of ${rows}`);
}

/** Turns the wheel for some seconds. */
async function turnWheel(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  // Past the head of the page, and what loading left to do is done.
  await page.evaluate(() => window.scrollTo(0, 600));
  await page.waitForTimeout(1000);
  const before = await mainThreadMs(session);
  await page.evaluate(countFrames);
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await session.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x: WINDOW.width / 2, y: WINDOW.height / 2, deltaX: 0, deltaY: NOTCH });
    await new Promise((resolve) => setTimeout(resolve, NOTCH_MS));
  }
  const { times, moved, elements } = await page.evaluate(() => window.framesSeen());
  const cpuMs = (await mainThreadMs(session)) - before;
  const gaps = times.slice(1).map((time, place) => time - times[place]);
  const screens = moved / WINDOW.height;
  return {
    elements, screens,
    framesPerSecond: (gaps.length * 1000) / (times.at(-1) - times[0]),
    longFrames: gaps.filter((gap) => gap > 50).length,
    longestFrameMs: Math.max(...gaps),
    cpuMsPerScreen: cpuMs / screens,
    cpuMsPerFrame: cpuMs / gaps.length,
  };
}

/** Runs in the page: notes the time of each frame from now on. */
function countFrames() {
  const times = [];
  const from = window.scrollY;
  const note = (time) => {
    times.push(time);
    requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
  Object.assign(window, { framesSeen: () => ({ times, moved: window.scrollY - from, elements: document.querySelectorAll('*').length }) });
}

/** Processor time of the page's main thread so far, in milliseconds. */
async function mainThreadMs(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
}

function answerTo({ pathname, searchParams }) {
  if (pathname.endsWith('/me')) return { id: idOf(1), name: 'Ada Lovelace', email: null, avatarUrl: null, isAdmin: false, identities: [], agent: { apiKeySet: true, installationKeySet: false } };
  if (pathname.endsWith('/overview')) return { since: timeOf(1440), outcomes: { pending: 0, job: 2000, ignored: 6000, refused: 2000, rejected: 0, failed: 0 }, rejected: [], connections: [{ id: idOf(1), product: 'jira-cloud', site: 'acme.atlassian.net' }] };
  const from = Number(searchParams.get('cursor') ?? 0);
  const until = Math.min(from + PAGE_ROWS, rows);
  return { items: Array.from({ length: until - from }, (_, place) => deliveryOf(from + place)), nextCursor: until < rows ? String(until) : null };
}

function deliveryOf(place) {
  const kind = KINDS[place % KINDS.length];
  return {
    ...kind, id: idOf(place), connectionId: idOf(1), product: 'jira-cloud', site: 'acme.atlassian.net', issueKey: `SHOP-${place}`, actor: ACTORS[place % ACTORS.length],
    receivedAt: timeOf(place), jobId: kind.outcome === 'job' ? idOf(place) : null, attempts: 1,
  };
}

function idOf(place) {
  return `019d0000-0000-7000-8000-${String(place).padStart(12, '0')}`;
}

function timeOf(minutesAgo) {
  return new Date(Date.now() - minutesAgo * 60_000).toISOString();
}
