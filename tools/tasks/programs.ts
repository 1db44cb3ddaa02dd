/** Starting programs from tasks: run one and wait, with a line that says what is going on and how long it took. */
import { spawn, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * How Node keeps memory. Bodies of deliveries live for milliseconds; with little room for what is new, they are let go before they count as old and
 * fill the memory. And all memory is gone through only when it has doubled: bodies lie outside of Node's own heap, which stays small, so
 * that by itself Node would do it three times a second under load, at a fifth of the processor time (decision 21). The little that is new is
 * tidied up by the thread that does the work: helpers for it cost more than they save, and ask for cores that others need.
 */
export const NODE_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=100', '--no-parallel-scavenge'];

/** The program that operators start, and how: what comes after `node`. */
export const PROGRAM = [...NODE_FLAGS, 'apps/api/dist/start.js'];

/** What the program finds in its environment beside its settings: one place for memory instead of one for each thread, which holds on to less. */
export const PROGRAM_ENV = { MALLOC_ARENA_MAX: '1' };

/** Exit codes of a program that was stopped from outside, as shells give them: Ctrl-C and SIGTERM. */
export const STOPPED = [128 + constants.signals.SIGINT, 128 + constants.signals.SIGTERM];

/** Runs a program in the repository's folder with our terminal; gives its exit code. Ended by a signal, it is 128 and the signal's number. */
export function run(command: string, args: string[], options: SpawnOptions = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      resolve(code ?? (signal ? 128 + constants.signals[signal] : 1));
    });
  });
}

/** Runs one named step and ends the process when it fails. */
export async function step(name: string, command: string, args: string[], options: SpawnOptions = {}): Promise<void> {
  const started = Date.now();
  console.log(`\n> ${name}`);
  const code = await run(command, args, options);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (code !== 0) {
    tellFailure(name, code, seconds);
    process.exit(code);
  }
  console.log(`  done in ${seconds} s`);
}

/** One line about a step that did not end well. */
export function tellFailure(name: string, code: number, seconds: string): void {
  if (STOPPED.includes(code)) console.error(`\nStopped during: ${name}.`);
  else console.error(`\n${name} failed after ${seconds} s (exit code ${code}). The lines above say why.`);
}

/** Runs targets of the workspace's projects through Nx. */
export function nx(targets: string[], options: { projects?: string[]; parallel?: number; env?: NodeJS.ProcessEnv } = {}): Promise<void> {
  const args = ['run-many', '-t', ...targets, `--parallel=${options.parallel ?? 2}`, '--output-style=stream'];
  if (options.projects) args.push('-p', options.projects.join(','));
  return step(targets.join(', '), join(root, 'node_modules/.bin/nx'), args, { env: { ...process.env, ...options.env } });
}
