/**
 * Row 36: a Jira is away for long, and everything that was asked for meanwhile is caught up with afterwards: as fast as it can be done,
 * without calling more than Jira allows, and in each issue in the order in which it was asked.
 *
 * `FAULTS_OUTAGE_SECONDS=1800 FAULTS_OUTAGE_TRIGGERS=5000` is the whole row, by hand. Without them it is a short outage.
 */
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { pause } from './chance.js';
import { fault } from './figures.js';
import { Installation, type Parcel } from './installation.js';
import { seeCalls } from './seen-calls.js';

const OUTAGE_MS = Number(process.env.FAULTS_OUTAGE_SECONDS ?? 40) * 1000;
const TRIGGERS = Number(process.env.FAULTS_OUTAGE_TRIGGERS ?? 100);
const TALKS = 10;
/** The breaker lets one call through now and then; besides them there are those that were under way. */
const CALLS_A_MINUTE = 40;
const LONGEST_PAUSE_MS = 36_000;

describe('A Jira that is away for long', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 300_000);

  afterAll(() => installation?.close());

  fault(36, 'what was asked for during an outage is caught up with, in order and within the limits of Jira', async (figures) => {
    const { standIn } = installation.stage.sandbox.atlassian;
    const idealMs = await drain(Array.from({ length: TRIGGERS }, () => installation.asks()));
    const calls = seeCalls(standIn);
    standIn.faults.add({ path: '/rest/api/', effect: { kind: 'status', status: 503 }, times: Infinity });
    const wentAt = Date.now();
    const asked = Array.from({ length: TRIGGERS }, () => installation.asks());
    const talks = Array.from({ length: TALKS }, () => installation.asks('@openhands first wish'));
    const seconds = talks.map((talk) => installation.asksAgain(talk, '@openhands second wish'));
    for (const group of [asked, talks, seconds]) await Promise.all(group.map((parcel) => installation.carry(parcel)));
    await pause(wentAt + OUTAGE_MS - Date.now());
    const inVain = calls.length;
    standIn.faults.clear();
    const backAt = Date.now();
    const firstAt = await eventually(() => calls.find((call) => call.status === 200 && call.at >= backAt)?.at, (at) => at !== undefined, 'the first call after the outage', 2 * LONGEST_PAUSE_MS);
    await installation.settled([...asked, ...talks]);
    const drainedMs = Date.now() - firstAt!;

    figures.condition(`away for ${OUTAGE_MS / 1000} s with ${TRIGGERS + 2 * TALKS} triggers waiting at the end, in ${TRIGGERS + TALKS} issues; ideal: ${TRIGGERS} triggers in ${(idealMs / 1000).toFixed(1)} s without an outage`);
    figures.atMost('calls while it was away', inVain, Math.ceil((CALLS_A_MINUTE * OUTAGE_MS) / 60_000) + 2 * 16);
    figures.exactly('calls that were too many for Jira', calls.filter((call) => call.status === 429).length, 0);
    figures.within('from its return to the first call', firstAt! - backAt, LONGEST_PAUSE_MS);
    figures.within('drained', drainedMs, 2 * idealMs * ((TRIGGERS + 2 * TALKS) / TRIGGERS));
    figures.exactly('issues whose wishes were taken in another order', await countDisordered(talks), 0);
    await installation.expectOneOfEach(figures, asked);
  });

  /** How long these take from the first delivery to the last result. */
  async function drain(parcels: Parcel[]): Promise<number> {
    const started = Date.now();
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await installation.settled(parcels);
    return Date.now() - started;
  }

  /** The first wish becomes the job, the second an instruction for it or a job after it. */
  async function countDisordered(talks: Parcel[]): Promise<number> {
    const { rows } = await installation.database.query<{ prompt: string }>(FIRST_JOBS, [talks.map((talk) => talk.issueId)]);
    return talks.length - rows.filter(({ prompt }) => prompt.includes('first wish')).length;
  }
});

const FIRST_JOBS = `SELECT DISTINCT ON (issue_id) prompt FROM jobs WHERE issue_id = ANY ($1::text[]) ORDER BY issue_id, id`;
