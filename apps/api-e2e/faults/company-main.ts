/**
 * The program that sends the deliveries of a company at a steady rate, one after the other, and measures how long each waits for its answer. Run by
 * Node itself, so its imports name TypeScript files.
 */
import { Line } from '../../../tools/bench/line.ts';
import type { CompanyPlan, Waited } from './herd-plan.ts';

process.once('message', (plan: CompanyPlan) => void prepare(plan));

async function prepare(plan: CompanyPlan): Promise<void> {
  const lines = await Promise.all(plan.ports.map((port) => Line.open(port)));
  let isStopped = false;
  process.once('message', () => {
    process.once('message', () => (isStopped = true));
    void send(plan, lines, () => isStopped).then((waited) => process.send!(waited, () => process.disconnect()));
  });
  process.send!('prepared');
}

/** Gives every wait for an answer. Throws when one is neither 200 nor asks to come again. */
async function send({ requests, perSecond, resendMs }: CompanyPlan, lines: Line[], isStopped: () => boolean): Promise<Waited[]> {
  const waited: Waited[] = [];
  const began = performance.now();
  for (const [index, request] of requests.entries()) {
    await pause(began + (index * 1000) / perSecond - performance.now());
    if (isStopped()) break;
    for (let status = 0; status !== 200; ) {
      if (status !== 0) await pause(resendMs);
      const [at, started] = [Date.now(), performance.now()];
      status = await lines[index % lines.length]!.ask(Buffer.from(request));
      waited.push({ at, ms: performance.now() - started });
      if (status !== 200 && status < 500) throw new Error(`A delivery was answered with ${status}`);
    }
  }
  for (const line of lines) line.close();
  return waited;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
