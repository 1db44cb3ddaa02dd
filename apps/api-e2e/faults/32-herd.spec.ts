/** Row 32: ten thousand deliveries at once over a thousand connections. All are stored, what they ask for is started once, and another tenant's deliveries are answered too. */
import { pause, scaled } from './chance.js';
import { fault, percentile } from './figures.js';
import type { CompanyPlan, HerdPlan, HerdResult, Waited } from './herd-plan.js';
import { Installation, type Parcel, wholeRequest } from './installation.js';
import { SendingProgram } from './sending-program.js';
import { Tenants } from './tenants.js';

const DELIVERIES = scaled(10_000);
const SOCKETS = 1000;
const WARM_UP = scaled(3000);
const WARM_UP_SOCKETS = 50;
const ASKING_PERCENT = 1;
const LONGEST_MS = 1500;
const QUIET_PER_SECOND = 20;
/** As long as this another company is alone. */
const ALONE_MS = 5000;
/** More of its deliveries than there is time for. */
const QUIET_MOST = 2000;
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
    const company = await prepareCompany();
    const herd = await prepareHerd(parcels, SOCKETS);
    const waits = company.send();
    waits.catch(() => undefined);
    await pause(ALONE_MS);
    const began = Date.now();
    const sent = await herd.send();
    company.stop();
    const [alone, beside] = [(await waits).filter(({ at, ms }) => at + ms < began), (await waits).filter(({ at }) => at >= began)];
    took(parcels, sent);
    await installation.settled(parcels);

    const [p99Alone, p99Beside] = [alone, beside].map((all) => percentile(all.map(({ ms }) => ms), 0.99));
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
    took(parcels, await (await prepareHerd(parcels, WARM_UP_SOCKETS)).send());
    await installation.settled(parcels);
  }

  function took(parcels: Parcel[], { taken }: HerdResult): void {
    for (const [index, isTaken] of taken.entries()) parcels[index]!.acknowledged += isTaken ? 1 : 0;
  }

  const ports = (): number[] => installation.doors.map((door) => Number(new URL(door.url).port));

  /** The other company, which is at work before the herd comes. */
  function prepareCompany(): Promise<SendingProgram<Waited[]>> {
    const requests = Array.from({ length: QUIET_MOST }, () => wholeRequest(installation.remark(2000, quietId)));
    return SendingProgram.prepare('company-main.ts', { ports: ports(), requests, perSecond: QUIET_PER_SECOND, resendMs: RESEND_MS } satisfies CompanyPlan);
  }

  /** All of them at once, as soon as they are told to go. */
  function prepareHerd(parcels: Parcel[], connections: number): Promise<SendingProgram<HerdResult>> {
    return SendingProgram.prepare('herd-main.ts', { ports: ports(), connections, requests: parcels.map(wholeRequest), resendMs: RESEND_MS } satisfies HerdPlan);
  }
});
