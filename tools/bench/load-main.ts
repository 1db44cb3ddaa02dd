/**
 * The program that sends the load, a process of its own so that its processor time is not the service's. It speaks just enough HTTP
 * over bare sockets, because a full client would use more of two processors than what it measures. All requests are made and signed
 * before the clock starts.
 */
import { DeliveryMaker } from './deliveries.ts';
import { Line } from './line.ts';
import type { LoadPlan, LoadResult } from './load-plan.ts';

process.on('message', (message: LoadPlan | 'go') => {
  if (message !== 'go') prepare(message);
});

function prepare(plan: LoadPlan): void {
  const run = new Run(plan);
  process.once('message', () => void run.start().then((result) => process.send!(result)));
  process.send!('prepared');
}

class Run {
  private readonly plan: LoadPlan;
  private readonly requests: Buffer[];
  private readonly statuses: Record<string, number> = {};
  private readonly latencies: number[] = [];
  private readonly idle: Line[] = [];
  /** Requests that are due and wait for a free socket, as their instants. */
  private readonly due: { index: number; at: number }[] = [];
  private next = 0;
  private open = 0;
  private endAt = 0;
  private ranOut = false;

  constructor(plan: LoadPlan) {
    this.plan = plan;
    this.requests = makeRequests(plan);
  }

  async start(): Promise<LoadResult> {
    const lines = await Promise.all(Array.from({ length: this.plan.connections }, () => Line.open(this.plan.port)));
    const started = performance.now();
    this.endAt = started + this.plan.seconds * 1000;
    if (this.plan.pace.kind === 'closed') await Promise.all(lines.map((line) => this.sendUntilEnd(line)));
    else await this.sendAtInstants(lines, this.plan.pace.perSecond);
    const seconds = (performance.now() - started) / 1000;
    for (const line of lines) line.close();
    const accepted = Object.entries(this.statuses).reduce((sum, [status, count]) => sum + (status.startsWith('2') ? count : 0), 0);
    return { seconds, statuses: this.statuses, latencies: this.latencies, ranOut: this.ranOut, accepted };
  }

  private async sendUntilEnd(line: Line): Promise<void> {
    while (performance.now() < this.endAt) {
      const request = this.take();
      if (!request) return;
      const at = performance.now();
      if (!(await this.send(line, request, at))) return;
    }
  }

  private take(): Buffer | null {
    if (this.plan.badly) return this.requests[0]!;
    const request = this.requests[this.next++];
    if (!request) this.ranOut = true;
    return request ?? null;
  }

  private async send(line: Line, request: Buffer, at: number): Promise<boolean> {
    const status = await line.ask(request);
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status !== 0) this.latencies.push(performance.now() - at);
    return status !== 0;
  }

  /** One timer for all: it lets go what is due, and each request knows the instant at which it should have gone. */
  private sendAtInstants(lines: Line[], perSecond: number): Promise<void> {
    this.idle.push(...lines);
    const started = performance.now();
    const total = this.requests.length;
    return new Promise((resolve) => {
      const tick = (): void => {
        const now = performance.now();
        while (this.next < total && started + (this.next * 1000) / perSecond <= now) {
          this.due.push({ index: this.next, at: started + (this.next * 1000) / perSecond });
          this.next += 1;
        }
        this.sendDue();
        if (this.next >= total && this.open === 0 && this.due.length === 0) return resolve();
        setTimeout(tick, 1);
      };
      tick();
    });
  }

  private sendDue(): void {
    while (this.due.length > 0 && this.idle.length > 0) {
      const line = this.idle.pop()!;
      // A server closes what is idle for long, and every client then connects anew.
      if (!line.isOpen) {
        void this.connectAnew();
        continue;
      }
      const { index, at } = this.due.shift()!;
      this.open += 1;
      void this.send(line, this.requests[index]!, at).then((works) => {
        this.open -= 1;
        if (works) this.idle.push(line);
        this.sendDue();
      });
    }
  }

  /** When that fails there is one line less, and what is due waits for the others. */
  private async connectAnew(): Promise<void> {
    this.open += 1;
    const line = await Line.open(this.plan.port).catch(() => null);
    this.open -= 1;
    if (line) this.idle.push(line);
    this.sendDue();
  }
}

function makeRequests(plan: LoadPlan): Buffer[] {
  const maker = new DeliveryMaker(plan.deliveries);
  if (plan.badly) return [maker.request(plan.firstNumber, { badly: true })];
  const count = plan.pace.kind === 'closed' ? plan.pace.most : Math.round(plan.seconds * plan.pace.perSecond);
  return Array.from({ length: count }, (_, index) => {
    const path = plan.paths?.[index % plan.paths.length];
    return maker.request(plan.firstNumber + index, path === undefined ? {} : { path });
  });
}
