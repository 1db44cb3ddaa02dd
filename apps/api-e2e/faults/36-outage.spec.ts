/**
 * Row 36: Jira is away for a long time while requests come in, and then comes back. Nothing is lost, it is not stormed, and the
 * backlog is worked at the usual pace.
 */
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { pause, scaled } from './chance.js';
import { fault } from './figures.js';
import { Installation, type Parcel } from './installation.js';
import { seeCalls } from './seen-calls.js';

const TRIGGERS = scaled(150);
const AWAY_MS = 20_000;
/** What a breaker lets through: five failures in each process, and then one try a second at most. */
const CALLS_A_SECOND = 5;

describe('A Jira that is away for a while', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 300_000);

  afterAll(() => installation?.close());

  fault(36, 'after an outage of Jira everything is caught up with, at the usual pace', async (figures) => {
    const usualMs = await workOff(Array.from({ length: TRIGGERS }, () => installation.asks()));
    const { standIn } = installation.stage.sandbox.atlassian;
    standIn.faults.add({ effect: { kind: 'status', status: 503 }, path: '/rest/api/', times: Infinity });
    const calls = seeCalls(standIn);
    const parcels = Array.from({ length: TRIGGERS }, () => installation.asks());
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await pause(AWAY_MS);
    const during = calls.length;
    standIn.faults.clear();
    await eventually(() => calls.some((one) => one.status === 200), Boolean, 'the first call after the outage', 60_000);
    const began = Date.now();
    await installation.settled(parcels);
    const drainedMs = Date.now() - began;

    figures.condition(`${TRIGGERS} triggers queued, Jira away for ${AWAY_MS / 1000} s (not half an hour); the usual time for as many was ${usualMs} ms`);
    figures.atMost('calls while it was away', during, 2 * 8 * 3 + (AWAY_MS / 1000) * CALLS_A_SECOND);
    figures.within('time to catch up, against the usual', drainedMs / usualMs, 2, 'x');
    await installation.expectOneOfEach(figures, parcels);
  });

  async function workOff(parcels: Parcel[]): Promise<number> {
    const began = Date.now();
    await Promise.all(parcels.map((parcel) => installation.carry(parcel)));
    await installation.settled(parcels);
    return Date.now() - began;
  }
});
