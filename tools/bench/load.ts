/** Runs the load program: prepares, lets the caller look at the clocks, and then sends. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadPlan, LoadResult } from './load-plan.ts';

/** A run whose requests are ready to leave. */
export interface PreparedLoad {
  pid: number;
  send(): Promise<LoadResult>;
}

/** Makes and signs all requests of a run, in a process of its own. */
export async function prepareLoad(plan: LoadPlan): Promise<PreparedLoad> {
  const child = fork(join(import.meta.dirname, 'load-main.ts'), { execArgv: ['--max-old-space-size=4096'], serialization: 'advanced' });
  child.send(plan);
  await told(child);
  return {
    pid: child.pid!,
    async send() {
      child.send('go');
      const result = (await told(child)) as LoadResult;
      child.disconnect();
      return result;
    },
  };
}

/** Prepares and sends. */
export async function sendLoad(plan: LoadPlan): Promise<LoadResult> {
  return (await prepareLoad(plan)).send();
}

function told(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`The load program ended with ${String(code)}.`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
