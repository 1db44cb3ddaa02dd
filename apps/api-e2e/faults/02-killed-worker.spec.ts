/** Row 2: workers die in the middle of jobs. Every job ends once, and none waits long for another process to take it over. */
import type { OpenHands } from '../../../tools/sandbox/openhands/openhands.ts';
import { atRate, pause, scaled } from './chance.js';
import { fault } from './figures.js';
import { Installation } from './installation.js';

const JOBS = scaled(200);
const JOB_MS = 2000;
const KILL_EVERY_MS = 3000;
/** A run belongs to a process for 5 s here (`preload.ts`), an entry of the queue for 10 s after its last heartbeat. */
const GRACE_MS = 5000;
const HEARTBEAT_MS = 10_000;

describe('Two workers, of which one is killed every three seconds', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open();
  }, 300_000);

  afterAll(() => installation?.close());

  fault(2, 'jobs whose worker is killed in the middle all end, once', async (figures) => {
    const agent = agentThatTakes(JOB_MS);
    const parcels = Array.from({ length: JOBS }, () => installation.asks());
    await atRate(parcels, 100, (parcel) => installation.carry(parcel));
    const done = { yes: false };
    const killing = killUntil(done);
    const waits = longestWaits(done);
    await installation.settled(parcels).finally(() => {
      done.yes = true;
      clearInterval(agent);
    });
    const kills = await killing;
    const { run, entry } = await waits;

    figures.condition(`${JOBS} jobs of ${JOB_MS / 1000} s, ${kills} kills, one every ${KILL_EVERY_MS / 1000} s`);
    figures.atLeast('kills', kills, 1);
    await installation.expectOneOfEach(figures, parcels);
    const { rows } = await installation.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM jobs WHERE finished_at IS NULL`);
    figures.exactly('jobs stuck', rows[0]!.count, 0);
    figures.within('longest that a run waited after its lease', run, GRACE_MS);
    figures.within('longest that an entry waited after its last heartbeat', entry, HEARTBEAT_MS + GRACE_MS);
  });

  /** The agent does not go on because somebody looks, but with the time. */
  function agentThatTakes(ms: number): NodeJS.Timeout {
    const agent: OpenHands = installation.stage.sandbox.openhands;
    agent.stepsPerLook = 0;
    return setInterval(() => {
      for (const one of agent.conversations) {
        const age = Date.now() - one.createdAt;
        if (!one.isReady && age > 200) agent.advance(10, one.id);
        else if (age > ms && one.frame.execution !== 'finished') agent.advance(4, one.id);
      }
    }, 100);
  }

  async function killUntil(done: { yes: boolean }): Promise<number> {
    for (let kills = 0; ; kills += 1) {
      await pause(KILL_EVERY_MS);
      if (done.yes) return kills;
      const worker = installation.workers[kills % 2]!;
      await worker.kill();
      await worker.start();
    }
  }

  /** How long work of dead processes lay about, looked at twice a second. */
  async function longestWaits(done: { yes: boolean }): Promise<{ run: number; entry: number }> {
    const longest = { run: 0, entry: 0 };
    while (!done.yes) {
      const { rows } = await installation.database.query<{ run: number; entry: number }>(WAITS);
      longest.run = Math.max(longest.run, rows[0]!.run);
      longest.entry = Math.max(longest.entry, rows[0]!.entry);
      await pause(500);
    }
    return longest;
  }
});

const WAITS = `
  SELECT coalesce((SELECT max(extract(epoch FROM now() - next_poll_at) * 1000) FROM job_runs WHERE finished_at IS NULL AND next_poll_at <= now()), 0)::int AS run,
         coalesce((SELECT max(extract(epoch FROM now() - heartbeat_on) * 1000) FROM queue.job WHERE state = 'active'), 0)::int AS entry`;
