/**
 * The program that sends a herd: a process of its own, because a thousand sockets in the process of the stand-ins would make everybody wait
 * who is answered there. Run by Node itself, so its imports name TypeScript files.
 */
import { Line } from '../../../tools/bench/line.ts';
import type { HerdPlan, HerdResult } from './herd-plan.ts';

process.once('message', (plan: HerdPlan) => void prepare(plan));

async function prepare(plan: HerdPlan): Promise<void> {
  const lines = await Promise.all(Array.from({ length: plan.connections }, (_, index) => Line.open(plan.ports[index % plan.ports.length]!)));
  process.once('message', () => void send(plan, lines).then((result) => process.send!(result, () => process.disconnect())));
  process.send!('prepared');
}

async function send({ requests, resendMs }: HerdPlan, lines: Line[]): Promise<HerdResult> {
  const result: HerdResult = { firstStatus: [], firstMs: [], taken: requests.map(() => false), tookMs: 0 };
  let next = 0;
  const began = performance.now();
  await Promise.all(lines.map(async (line) => {
    for (let index = next++; index < requests.length; index = next++) await insist(line, index);
    line.close();
  }));
  return { ...result, tookMs: performance.now() - began };

  /** Jira's rule: again until it is taken. */
  async function insist(line: Line, index: number): Promise<void> {
    const started = performance.now();
    let status = await line.ask(Buffer.from(requests[index]!));
    result.firstStatus[index] = status;
    result.firstMs[index] = performance.now() - started;
    while (status >= 500) {
      await new Promise((resolve) => setTimeout(resolve, resendMs));
      status = await line.ask(Buffer.from(requests[index]!));
    }
    result.taken[index] = status === 200;
  }
}
