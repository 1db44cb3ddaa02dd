/** Row 32: ten thousand deliveries at once over a thousand connections. All are stored, what they ask for is started once, and another tenant's deliveries are answered too. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { atRate, pause, scaled } from './chance.js';
import { fault, percentile } from './figures.js';
import type { HerdPlan, HerdResult } from './herd-plan.js';
import { Installation, type Parcel, wholeRequest } from './installation.js';
import { Tenants } from './tenants.js';

const DELIVERIES = scaled(10_000);
const SOCKETS = 1000;
const WARM_UP = scaled(3000);
const WARM_UP_SOCKETS = 50;
const ASKING_PERCENT = 1;
const LONGEST_MS = 1500;
const QUIET_PER_SECOND = 20;
const QUIET_SAMPLE = 100;
const RESEND_MS = 200;

describe('Ten thousand deliveries at once', () => {
  let installation: Installation;
  let quietId: string;

  beforeAll(async () => {
    const tenants = new Tenants();
    installation = await Installation.open({ settings: tenants.settings });
    quietId = (await tenants.add(installation, 1)).connectionId;
  }, 300_000);

  afterAll(() => installation?.close());

  fault(32, 'a herd of deliveries is let in, started once each, and does not shut out another tenant', async (figures) => {
    await atWorkForAWhile();
    const parcels = installation.mixed(DELIVERIES, ASKING_PERCENT);
    const alone = await atRate(remarks(), QUIET_PER_SECOND, (parcel) => installation.carry(parcel));
    const send = await prepareHerd(parcels, SOCKETS);
    const herd = { over: false };
    const beside = quietUntil(herd);
    const sent = await send();
    herd.over = true;
    const others = (await beside).flat();
    took(parcels, sent);
    await installation.settled(parcels);

    const [p99Alone, p99Beside] = [alone.flat(), others].map((all) => percentile(all.map((one) => one.ms), 0.99));
    figures.condition(`${DELIVERIES} deliveries over ${SOCKETS} connections to ${installation.doors.length} doors in ${(sent.tookMs / 1000).toFixed(1)} s, ${ASKING_PERCENT} % ask for work`);
    figures.exactly('first answers other than 200 and 503', sent.firstStatus.filter((status) => status !== 200 && status !== 503).length, 0);
    figures.within('first answers of 503', sent.firstStatus.filter((status) => status === 503).length, 0, '');
    figures.within('p99 of the first answers', percentile(sent.firstMs, 0.99), LONGEST_MS);
    figures.within('p99 of another tenant', p99Beside!, Math.max(3 * p99Alone!, 50));
    await installation.expectOneOfEach(figures, parcels);
  });

  /** Processes that have just started compile their code while they work; how they begin is the matter of other rows. */
  async function atWorkForAWhile(): Promise<void> {
    const parcels = installation.mixed(WARM_UP, ASKING_PERCENT);
    took(parcels, await (await prepareHerd(parcels, WARM_UP_SOCKETS))());
    await installation.settled(parcels);
  }

  function took(parcels: Parcel[], { taken }: HerdResult): void {
    for (const [index, isTaken] of taken.entries()) parcels[index]!.acknowledged += isTaken ? 1 : 0;
  }

  function remarks(): Parcel[] {
    return Array.from({ length: QUIET_SAMPLE }, () => installation.remark(2000, quietId));
  }

  async function quietUntil(herd: { over: boolean }): Promise<Awaited<ReturnType<Installation['carry']>>[]> {
    const answers = [];
    while (!herd.over) {
      answers.push(await installation.carry(installation.remark(2000, quietId)));
      await pause(1000 / QUIET_PER_SECOND);
    }
    return answers;
  }

  /** All of them at once, from a process of its own that has its requests and connections already. */
  async function prepareHerd(parcels: Parcel[], connections: number): Promise<() => Promise<HerdResult>> {
    const plan: HerdPlan = { ports: installation.doors.map((door) => Number(new URL(door.url).port)), connections, requests: parcels.map(wholeRequest), resendMs: RESEND_MS };
    const child = fork(join(import.meta.dirname, 'herd-main.ts'), { execArgv: ['--disable-warning=ExperimentalWarning'], serialization: 'advanced' });
    const told = (what: HerdPlan | 'go'): Promise<unknown> => {
      child.send(what);
      return Promise.race([once(child, 'message').then(([message]) => message as unknown), once(child, 'exit').then(() => Promise.reject(new Error('The program that sends the herd ended too early')))]);
    };
    await told(plan);
    return () => told('go') as Promise<HerdResult>;
  }
});
