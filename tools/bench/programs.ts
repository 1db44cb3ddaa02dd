/** The programs that a bench starts: the product, the floor, peers, the load. Each is a process of its own, so that its processor time is its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../sandbox/free-port.ts';

/** A start takes a second or two; on a machine where much else is going on it may take very much longer. */
const START_PATIENCE_MS = 120_000;

export const root = join(import.meta.dirname, '../..');

/** A program under test that answers HTTP. */
export interface Program {
  name: string;
  pid: number;
  url: string;
  /** Milliseconds from the start of the process to its first good answer. */
  readyMs: number;
  /** SIGTERM, and waits; gives the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits. */
  kill(): Promise<void>;
  /** The last lines that it wrote. */
  output(): string;
}

export interface ProgramOptions {
  name: string;
  /** File to run with Node, relative to the repository. */
  file: string;
  env: Record<string, string>;
  /** Path that answers 2xx when it is ready. */
  readyPath: string;
  port?: number;
  nodeArgs?: string[];
}

/** Starts a program and waits until it answers. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const port = options.port ?? (await freePort());
  const started = performance.now();
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), join(root, options.file)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...options.env, PORT: String(port) },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-8000)));
  const url = `http://127.0.0.1:${port}`;
  await untilReady(child, `${url}${options.readyPath}`, () => `${options.name} did not start:\n${output}`);
  return {
    name: options.name,
    pid: child.pid!,
    url,
    readyMs: performance.now() - started,
    stop: () => end(child, 'SIGTERM'),
    kill: async () => void (await end(child, 'SIGKILL')),
    output: () => output,
  };
}

async function untilReady(child: ChildProcess, address: string, trouble: () => string): Promise<void> {
  const deadline = Date.now() + START_PATIENCE_MS;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    const ready = await fetch(address).then((answer) => answer.ok, () => false);
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill('SIGKILL');
  throw new Error(trouble());
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  child.kill(signal);
  return ended;
}
