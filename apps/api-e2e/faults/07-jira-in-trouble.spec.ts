/** Row 7: Jira asks for quiet, is out of order, hangs up or sends web pages. Everything is written once, and others are served meanwhile. */
import type { FaultEffect } from '../../../tools/sandbox/faults.ts';
import { scaled } from './chance.js';
import { fault } from './figures.js';
import { Installation, type Parcel } from './installation.js';
import { type SeenCall, seeCalls } from './seen-calls.js';
import { Tenants } from './tenants.js';

const JOBS_EACH = scaled(10);
const MOST_TRIES = 8;
/** Trouble again, when comments are written. */
const COMMENTS_HIT = 3;
/** How long a Jira asks for quiet, and how long calls to it may have been under way by then. */
const QUIET_MS = 5000;
const UNDER_WAY_MS = 1000;

describe('A Jira in trouble', () => {
  let installation: Installation;
  let tenants: Tenants;

  beforeAll(async () => {
    tenants = new Tenants();
    installation = await Installation.open({ settings: tenants.settings });
  }, 300_000);

  afterAll(() => installation?.close());

  const busy = (retryAfter?: string): FaultEffect => ({ kind: 'status', status: 429, ...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }) });
  const TROUBLES: [string, () => FaultEffect, number][] = [
    ['429 with Retry-After 0', () => busy('0'), 5],
    ['429 with Retry-After 3', () => busy('3'), 3],
    ['429 with Retry-After as a date', () => busy(new Date(Date.now() + 3000).toUTCString()), 3],
    ['429 without Retry-After', () => busy(), 2],
    ['503', () => ({ kind: 'status', status: 503 }), 12],
    ['a broken connection', () => ({ kind: 'reset' }), 12],
    ['a lost answer', () => ({ kind: 'lost-answer' }), 12],
    ['a web page', () => ({ kind: 'html' }), 6],
  ];

  fault(7, 'every answer of a Jira in trouble leads to each comment once', async (figures) => {
    const { standIn } = installation.stage.sandbox.atlassian;
    const calls = seeCalls(standIn);
    const all = (await Promise.all(TROUBLES.map(([, effect, times], index) => troubled(index + 1, effect(), Math.min(times, JOBS_EACH))))).flat();
    await installation.settled(all);
    const posts = calls.filter((one) => one.method === 'POST' && /\/comment$/.test(one.path));

    figures.condition(`${JOBS_EACH} triggers for each of eight Jiras at the same time, which answer with: ${TROUBLES.map(([name, , times]) => `${Math.min(times, JOBS_EACH)} x ${name}`).join(', ')}; and again to ${COMMENTS_HIT} comments each`);
    figures.exactly('troubles that were not met', standIn.faults.list().length, 0);
    await installation.expectOneOfEach(figures, all);
    figures.atMost('tries for a comment, at most', Math.max(...countsByIssue(posts)) / 2, MOST_TRIES);
  });

  /** Everything that is asked for in a Jira of its own, which is in this trouble. */
  async function troubled(number: number, effect: FaultEffect, times: number): Promise<Parcel[]> {
    const tenant = await tenants.add(installation, number);
    const { faults } = installation.stage.sandbox.atlassian.standIn;
    faults.add({ effect, method: 'POST', path: new RegExp(`${tenant.site.cloudId}/.*/comment$`), times: COMMENTS_HIT });
    faults.add({ effect, path: `${tenant.site.cloudId}/rest/api/`, times });
    const parcels = Array.from({ length: JOBS_EACH }, () => tenant.asks());
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    return parcels;
  }

  fault(7, 'nobody calls a Jira before the time that it named, in any process', async (figures) => {
    const { standIn } = installation.stage.sandbox.atlassian;
    const calls = seeCalls(standIn);
    standIn.faults.clear();
    const other = await tenants.add(installation, TROUBLES.length + 1);
    const date = new Date(Date.now() + QUIET_MS).toUTCString();
    const sites: [string, string, () => Parcel, (refusedAt: number) => number][] = [
      ['seconds', installation.stage.sandbox.jira.cloudId, () => installation.asks(), (refusedAt) => refusedAt + QUIET_MS],
      ['a date', other.site.cloudId, () => other.asks(), () => Date.parse(date)],
    ];
    for (const [kind, cloudId] of sites) standIn.faults.add({ effect: busy(kind === 'a date' ? date : String(QUIET_MS / 1000)), path: `${cloudId}/rest/api/` });
    const parcels = sites.flatMap(([, , asks]) => Array.from({ length: JOBS_EACH * 3 }, asks));
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await installation.settled(parcels);

    figures.condition(`${JOBS_EACH * 3} triggers for each of two Jiras, two workers, one answer of 429 each with Retry-After of ${QUIET_MS / 1000} s, as seconds and as a date; decisions under way may end within ${UNDER_WAY_MS} ms`);
    for (const [kind, cloudId, , until] of sites) figures.exactly(`calls before the time, named as ${kind}`, early(calls.filter((one) => one.path.includes(cloudId)), until).length, 0);
    await installation.expectOneOfEach(figures, parcels);
  });

  /** Calls after a refusal and before its time. Those that other processes had begun by then were under way. */
  function early(calls: SeenCall[], until: (refusedAt: number) => number): SeenCall[] {
    const refusedAt = calls.find((one) => one.status === 429)!.at;
    return calls.filter((one) => one.at > refusedAt + UNDER_WAY_MS && one.at < until(refusedAt));
  }

  /** Comments sent, by the issue in their path. */
  function countsByIssue(posts: SeenCall[]): number[] {
    const counts = new Map<string, number>();
    for (const { path } of posts) counts.set(path, (counts.get(path) ?? 0) + 1);
    return [...counts.values()];
  }
});
