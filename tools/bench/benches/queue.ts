/** B8: the queue by itself: entries with their row, time to the handler, draining, and what idle workers ask. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { DIST, newKeys, startService } from '../contestants.ts';
import type { BenchServer } from '../database.ts';
import { atLeast, atMost, type BenchResult, percentile, plain, shown } from '../figures.ts';
import type { Bench } from '../suite.ts';

export const queue: Bench = {
  name: 'queue',
  what: 'entries with their row, time from commit to handler, draining, statements of an idle worker',
  usual: true,
  async run(server, { quick }): Promise<BenchResult> {
    const database = await server.create('ours');
    const worker = await startService('worker', database, newKeys());
    const idle = await idleStatements(database);
    await worker.stop();
    const part = await startPart(database.url);
    const { alone, together } = (await part.ask('enqueue', quick ? 200 : 2000)) as { alone: number; together: number };
    const entries = quick ? 2000 : 20_000;
    await part.ask('fill', entries);
    const drained = (await part.ask('drain', entries)) as number;
    const pickUps = (await part.ask('pickup', quick ? 50 : 300)) as number[];
    await part.ask('stop', 0);
    await database.close();
    return {
      figures: [
        plain('rows a second, alone', alone, '/s'),
        plain('rows a second, each with an entry', together, '/s'),
        atLeast('entry with its row to the row alone', together / alone, 1, 'x', { told: true }),
        plain('commit to handler, p50', percentile(pickUps, 50), 'ms'),
        atMost('commit to handler, p95', percentile(pickUps, 95), 5, 'ms', { told: true }),
        atLeast('drained', drained, 3000, '/s', { told: true }),
        atMost('statements of an idle worker', idle, 2, '/s', { told: true }),
      ],
      headline: `${shown(percentile(pickUps, 95))} ms p95 to the handler, ${shown(drained)} drained/s`,
      notes: ['goals of a hand-written queue, told and not gated: pg-boss was chosen for what it keeps (docs/decisions/0003)'],
      details: { pickUps },
    };
  },
};

async function idleStatements(database: Awaited<ReturnType<BenchServer['create']>>): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await database.forgetStatements();
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  return (await database.statements()).reduce((sum, one) => sum + one.calls, 0) / 10;
}

interface Part {
  ask(kind: string, count: number): Promise<unknown>;
}

async function startPart(url: string): Promise<Part> {
  const child: ChildProcess = fork(join(import.meta.dirname, '../queue-main.ts'), { env: { ...process.env, DATABASE_URL: url, DIST }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: ['--disable-warning=ExperimentalWarning'] });
  const told = (): Promise<unknown> => new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`The program of the queue ended with ${String(code)}.`));
    child.once('exit', onExit);
    child.once('message', (message) => (child.off('exit', onExit), resolve(message)));
  });
  await told();
  return {
    async ask(kind, count) {
      child.send({ kind, count });
      const answer = await told();
      if (kind === 'stop') child.disconnect();
      return answer;
    },
  };
}
