/**
 * Row 37: the same load for a long time. In the suite it is one minute, which shows a leak of megabytes only; `SOAK_MINUTES=15` is the
 * row as it is meant.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessPlace } from '../src/processes.js';
import { atRate } from './chance.js';
import { fault, percentile } from './figures.js';
import { type Answered, Installation, type Parcel } from './installation.js';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 1);
const PER_SECOND = 100;
const ROUND_S = 10;
const MB = 1_000_000;

describe('A steady load for a long time', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.open({ doors: 1, workers: 1 });
  }, 300_000);

  afterAll(() => installation?.close());

  fault(37, 'memory and handles stay level, and answers stay quick', async (figures) => {
    const rounds: { answers: Answered[]; bytes: number[]; handles: number[] }[] = [];
    const asked: Parcel[] = [];
    // The first round warms up: code is compiled, pools are filled.
    for (let round = 0; round <= (MINUTES * 60) / ROUND_S; round += 1) {
      const parcels = installation.mixed(PER_SECOND * ROUND_S, 1);
      const answers = (await atRate(parcels, PER_SECOND, (parcel) => installation.carry(parcel))).flat();
      asked.push(...parcels.filter((one) => one.asks));
      rounds.push({ answers, bytes: installation.processes.places.map(residentBytes), handles: installation.processes.places.map(openHandles) });
    }
    await installation.settled(asked);
    const [, first, last] = [rounds[0]!, rounds[1]!, rounds.at(-1)!];
    const minutes = ((rounds.length - 2) * ROUND_S) / 60;
    const slopes = last.bytes.map((bytes, index) => (bytes - first.bytes[index]!) / MB / minutes);

    figures.condition(`${PER_SECOND} deliveries/s for ${MINUTES} min after a warm-up, 1 % ask for work, one door and one worker`);
    figures.within('growth of memory of a process', Math.max(...slopes), MINUTES >= 15 ? 1 : 30, 'MB/min');
    figures.atMost('handles more at the end', Math.max(...last.handles.map((count, index) => count - first.handles[index]!)), 20);
    figures.within('p99 of the last round against the first', p99(last.answers) / p99(first.answers), MINUTES >= 15 ? 1.2 : 2, 'x');
    await installation.expectOneOfEach(figures, asked);
  }, (MINUTES + 10) * 60_000);

  function p99(answers: Answered[]): number {
    return Math.max(1, percentile(answers.map((one) => one.ms), 0.99));
  }

  /** Linux only, where `/proc` tells; elsewhere 0. */
  function residentBytes({ pid }: ProcessPlace): number {
    return read(() => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024);
  }

  function openHandles({ pid }: ProcessPlace): number {
    return read(() => readdirSync(`/proc/${pid}/fd`).length);
  }

  function read(look: () => number): number {
    return process.platform === 'linux' ? look() : 0;
  }
});
