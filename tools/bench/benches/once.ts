/**
 * B7: every trigger starts the agent once. Each trigger is delivered five times, with identifiers and bytes of its own each time, to four
 * doors; meanwhile one of eight processes is killed (SIGKILL) every two seconds and started again. Jira's rule holds: what was not answered
 * with 2xx is sent again.
 */
import { type BenchResult, exactly, plain, shown } from '../figures.ts';
import { Installation, type Parcel, type Place } from '../installation.ts';
import { randomNumbers } from '../deliveries.ts';
import { eventually } from '../../sandbox/waiting.ts';
import type { Bench } from '../suite.ts';

const COPIES = 5;
const KILL_EVERY_MS = 2000;
/** Triggers per second that are sent; the rest of a slow machine is for starting processes. */
const PER_SECOND = 25;

export const once: Bench = {
  name: 'once',
  what: '2,000 triggers x 5 copies, 4 API and 4 worker processes, a kill -9 every 2 s: exactly one start each',
  usual: false,
  async run(server, { quick }): Promise<BenchResult> {
    const triggers = quick ? 60 : 2000;
    const installation = await Installation.start(server, { apis: 4, workers: 4 });
    try {
      const started = performance.now();
      const storm = new Storm([...installation.apis, ...installation.workers]);
      const killing = storm.rage();
      const parcels = Array.from({ length: triggers }, () => installation.ask());
      await carryAll(installation, parcels);
      await settled(installation, triggers);
      storm.over();
      await killing;
      const seconds = (performance.now() - started) / 1000;
      return { figures: [...(await counts(installation, triggers)), plain('processes killed', storm.killed, ''), plain('time', seconds, 's')], headline: `${triggers} triggers, ${installation.sandbox.openhands.conversations.length} starts, ${storm.killed} processes killed in ${shown(seconds)} s`, notes: ['seed 7'] };
    } finally {
      await installation.stop();
    }
  },
};

async function counts({ sandbox, database }: Installation, triggers: number): Promise<ReturnType<typeof exactly>[]> {
  const ids = sandbox.openhands.conversations.map((one) => one.id);
  const marked = sandbox.jira.store.issues.flatMap((issue) => issue.comments).filter((comment) => comment.authorId === sandbox.jira.serviceTokens[0]!.accountId);
  return [
    exactly('starts', ids.length, triggers, ''),
    exactly('second starts by key', ids.length - new Set(ids).size, 0, ''),
    exactly('jobs', await database.number('SELECT count(*) FROM jobs'), triggers, ''),
    exactly('status comments in the issues', await statusComments(database), triggers, ''),
    plain('comments of ours in Jira', marked.length, ''),
  ];
}

function statusComments(database: Installation['database']): Promise<number> {
  return database.number(`SELECT count(*) FROM issue_writes WHERE key LIKE 'job:%:status' AND remote_id IS NOT NULL`);
}

async function carryAll(installation: Installation, parcels: Parcel[]): Promise<void> {
  const random = randomNumbers(7);
  const copies = parcels.flatMap((parcel, index) => Array.from({ length: COPIES }, (_, copy) => ({ parcel, copy, at: (index * 1000) / PER_SECOND })));
  const started = performance.now();
  await Promise.all(copies.map(async ({ parcel, copy, at }) => {
    await pause(started + at + random() * 200 - performance.now());
    const other = { ...parcel, body: parcel.body.replace('"timestamp":', `"copy":${copy},"timestamp":`) };
    while ((await installation.carry(other, installation.apis[Math.floor(random() * installation.apis.length)], `${parcel.identifier}-${copy}`)) !== 200) await pause(100);
  }));
}

async function settled(installation: Installation, triggers: number): Promise<void> {
  const { database, sandbox } = installation;
  await eventually(() => database.number(`SELECT count(*) FROM deliveries WHERE outcome = 'pending'`), (pending) => pending === 0, 'every delivery to be decided', 600_000);
  await eventually(() => sandbox.openhands.conversations.length, (starts) => starts >= triggers, 'every start', 600_000);
  await eventually(() => statusComments(database), (comments) => comments >= triggers, 'every status comment', 600_000);
}

/** Kills a process every two seconds, whether or not the ones before are up again. */
class Storm {
  killed = 0;
  private raging = true;
  private readonly places: Place[];
  private readonly down = new Map<Place, Promise<void>>();

  constructor(places: Place[]) {
    this.places = places;
  }

  /** Ends when it is over and everything is up again. */
  async rage(): Promise<void> {
    const random = randomNumbers(8);
    while (this.raging) {
      await pause(KILL_EVERY_MS);
      const up = this.places.filter((place) => !this.down.has(place));
      const place = up[Math.floor(random() * up.length)];
      if (place) this.down.set(place, this.replace(place));
    }
    await Promise.all(this.down.values());
  }

  private async replace(place: Place): Promise<void> {
    this.killed += 1;
    await place.program!.kill();
    // Eight processes that start on two cores may take longer than anybody wants to wait for one of them.
    await place.start().catch(() => place.start());
    this.down.delete(place);
  }

  over(): void {
    this.raging = false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
