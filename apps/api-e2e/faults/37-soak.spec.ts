/**
 * Row 37: the same load for a long time. A process that has just started grows: code is compiled, pools are opened, the heap finds its
 * size. So a heavier load warms it up first, and what is judged is what came after that, always after the process has tidied up: what
 * it may still tidy away tells nothing about a leak.
 *
 * In the suite it is one minute, which shows a leak of a kilobyte per delivery; `SOAK_MINUTES=15` is the row as it is meant.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessPlace } from '../src/processes.js';
import { Sender } from '../src/sender.js';
import { atRate } from './chance.js';
import { fault, percentile } from './figures.js';
import { Installation, type Parcel, requestOf } from './installation.js';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 1);
const IS_WHOLE = MINUTES >= 15;
const PER_SECOND = 100;
const ROUND_S = 10;
const ASKING_PERCENT = 1;
const WARM_UP_S = 20;
const WARM_UP_ASKING_PERCENT = 5;
const CONNECTIONS = 50;
const MB = 1_000_000;

/** One process at one moment, tidied up. */
interface Look {
  /** Bytes. */
  inUse: number;
  /** Bytes. */
  resident: number;
  handles: number;
}

describe('A steady load for a long time', () => {
  let installation: Installation;
  let sender: Sender;

  beforeAll(async () => {
    installation = await Installation.open({ doors: 1, workers: 1, stepsPerLook: 1 });
    sender = new Sender(installation.doors[0]!.url, CONNECTIONS);
  }, 300_000);

  afterAll(async () => {
    sender?.close();
    await installation?.close();
  });

  fault(37, 'memory and handles stay level, and answers stay quick', async (figures) => {
    const { places } = installation.processes;
    const asked: Parcel[] = [];
    await send(WARM_UP_S, WARM_UP_ASKING_PERCENT, asked);
    const looks = [await Promise.all(places.map(look))];
    const rounds: number[][] = [];
    for (const third of [1, 2, 3]) {
      while (rounds.length < (third * MINUTES * 60) / 3 / ROUND_S) rounds.push(await send(ROUND_S, ASKING_PERCENT, asked));
      looks.push(await Promise.all(places.map(look)));
    }
    installation.hurryAgent();
    await installation.settled(asked);
    const growth = (what: keyof Look): number => Math.max(...places.map((_, index) => looks.at(-1)![index]![what] - looks[0]![index]![what]));
    const [first, last] = [rounds[0]!, rounds.at(-1)!].map((times) => Math.max(1, percentile(times, 0.99)));

    figures.condition(`${PER_SECOND} deliveries/s for ${MINUTES} min after ${WARM_UP_S} s to warm up, ${ASKING_PERCENT} % ask for work (${WARM_UP_ASKING_PERCENT} % to warm up), one door and one worker`);
    figures.condition(places.map(({ role }, index) => `${role} at the start and after each third: ${looks.map((all) => told(all[index]!)).join('; ')}`).join('; '));
    figures.atMost('growth of memory in use, per process', growth('inUse') / MB / MINUTES, 1, 'MB/min');
    figures.within('growth of resident memory, per process', growth('resident') / MB / MINUTES, IS_WHOLE ? 1 : 10, 'MB/min');
    figures.atMost('handles more at the end', growth('handles'), 5);
    figures.within('p99 of the last round against the first', last! / first!, IS_WHOLE ? 1.2 : 2, 'x');
    await installation.expectOneOfEach(figures, asked);
  }, (MINUTES + 10) * 60_000);

  /**
   * A steady load over connections that stay open, after a burst that opens all of them: how many are open is no matter of chance.
   * Gives the milliseconds of each answer of the steady load, and adds what asks for work to `asked`.
   */
  async function send(seconds: number, asking: number, asked: Parcel[]): Promise<number[]> {
    const parcels = installation.mixed(PER_SECOND * seconds, asking);
    asked.push(...parcels.filter((one) => one.asks));
    await Promise.all(parcels.splice(0, CONNECTIONS).map(bring));
    return atRate(parcels, PER_SECOND, bring);
  }

  /** Gives the milliseconds until the answer. */
  async function bring(parcel: Parcel): Promise<number> {
    const started = performance.now();
    const { path, headers } = requestOf(parcel);
    const { status } = await sender.send(path, { headers, body: parcel.body });
    if (status !== 200) throw new Error(`A delivery was answered with ${status}`);
    parcel.acknowledged += 1;
    return performance.now() - started;
  }

  /** Resident memory and handles on Linux only, where `/proc` tells; elsewhere 0. */
  async function look(place: ProcessPlace): Promise<Look> {
    const inUse = await place.bytesInUse();
    if (process.platform !== 'linux') return { inUse, resident: 0, handles: 0 };
    const status = readFileSync(`/proc/${place.pid}/status`, 'utf8');
    return { inUse, resident: Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) * 1024, handles: readdirSync(`/proc/${place.pid}/fd`).length };
  }

  function told({ inUse, resident, handles }: Look): string {
    return `${(inUse / MB).toFixed(1)} MB in use, ${(resident / MB).toFixed(0)} MB resident, ${handles} handles`;
  }
});
