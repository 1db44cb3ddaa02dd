/**
 * The product as real processes on one database, as an operator runs it: some answer HTTP (`api`), some work (`worker`). A story can
 * kill them at any moment, stop them in order, and start them again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../tools/sandbox/free-port.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { PROGRAM, PROGRAM_ENV, root } from '../../../tools/tasks/programs.ts';
import type { PlayedProduct } from './stage.js';

const PRELOAD = join(import.meta.dirname, 'preload.ts');

/** A start takes two seconds; on a machine where much else is built and tested it may take very much longer. */
const START_PATIENCE_MS = 180_000;

/** What a process says once it listens. */
const READY = 'openhands-jira is ready';

export type Role = 'all' | 'api' | 'worker';

/** How a process ended after it was asked to. */
export interface Ending {
  code: number | null;
  /** From the signal to the end. */
  ms: number;
}

/** One place for a process: its role and port stay when another process takes it over. */
export class ProcessPlace {
  readonly url: string;
  private child: ChildProcess | undefined;
  private output = '';
  private surprises = 0;
  private ready = false;

  constructor(
    readonly role: Role,
    private readonly port: number,
    private readonly environment: Record<string, string>,
  ) {
    this.url = `http://localhost:${port}`;
  }

  /** Starts a process here and waits until it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', PRELOAD, ...PROGRAM], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...PROGRAM_ENV, PATH: process.env.PATH, HOME: process.env.HOME, ...this.environment, PROCESS_ROLE: this.role, PORT: String(this.port) },
    });
    this.child = child;
    child.once('exit', () => (this.surprises += this.child === child ? 1 : 0));
    const said = this.listenTo(child);
    // An answer alone proves nothing: another program may have taken the port meanwhile.
    await eventually(
      async () => child.exitCode ?? (said().includes(READY) ? await this.answer() : 'nothing said'),
      (seen) => seen === 'ready' || child.exitCode !== null,
      `a process (${this.role}) to be ready`,
      START_PATIENCE_MS,
    );
    if (child.exitCode !== null) throw new Error(`A process (${this.role}) ended at its start:\n${this.output}`);
    this.ready = true;
  }

  /** Keeps what a process writes among the output of this place; gives what it has written itself. */
  private listenTo({ stdout, stderr }: ChildProcess): () => string {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-8000);
      this.output = (this.output + chunk.toString()).slice(-8000);
    };
    for (const stream of [stdout, stderr]) stream?.on('data', hear);
    return () => said;
  }

  private answer(): Promise<string | number> {
    return fetch(`${this.url}/readyz`).then((answer) => (answer.ok ? 'ready' : answer.status), () => 'no answer');
  }

  /** `kill -9`: no warning, no farewell. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** What an operator does at an update: SIGTERM, and wait. */
  async stop(): Promise<Ending> {
    const started = Date.now();
    const code = await this.end('SIGTERM');
    return { code, ms: Date.now() - started };
  }

  /** The process at work here now; undefined when there is none. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Bytes that the process here has in use: what is left when everything that nobody needs was tidied away. */
  bytesInUse(): Promise<number> {
    const { child } = this;
    if (!child) throw new Error(`No process (${this.role}) is here to be asked.`);
    return new Promise((resolve, reject) => {
      child.once('message', (bytes) => resolve(bytes as number));
      child.send('tidy', (error) => error && reject(error));
    });
  }

  /** True while a process is at work here that nobody has told to end: what a load balancer finds out by asking. */
  get isUp(): boolean {
    return this.ready && this.child?.exitCode === null;
  }

  /** How many processes ended here without being told to. */
  get endedByThemselves(): number {
    return this.surprises;
  }

  /** The last lines that processes wrote here. */
  get log(): string {
    return this.output;
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child;
    this.child = undefined;
    this.ready = false;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return ended;
  }
}

/** All processes of one installation. */
export class Processes implements PlayedProduct {
  private constructor(readonly places: ProcessPlace[]) {}

  /** Starts one process per role; the first answers on the given port. `CLOCK_SHIFTS_MS` names by how much the clock of each is wrong. */
  static async start(roles: Role[], environment: Record<string, string>, databaseUrl: string, port: number): Promise<Processes> {
    if (!existsSync(join(root, PROGRAM.at(-1)!))) throw new Error(`There is no built service (${PROGRAM.at(-1)}). This story runs real processes: run "npm run build" first, or the whole "npm test", which builds.`);
    const shared = { ...environment, DATABASE_URL: databaseUrl, ENCRYPTION_KEYS: environment.ENCRYPTION_KEYS ?? `k1:${randomBytes(32).toString('base64')}` };
    const places = [];
    const shifts = (environment.CLOCK_SHIFTS_MS ?? '').split(',');
    for (const [index, role] of roles.entries()) places.push(new ProcessPlace(role, index === 0 ? port : await freePort(), { ...shared, CLOCK_SHIFT_MS: shifts[index] ?? '' }));
    const processes = new Processes(places);
    try {
      await Promise.all(places.map((place) => place.start()));
    } catch (error) {
      await processes.close();
      throw error;
    }
    return processes;
  }

  /** The places whose processes answer Jira. */
  get doors(): ProcessPlace[] {
    return this.places.filter((place) => place.role !== 'worker');
  }

  /** The places whose processes decide, start and write. */
  get workers(): ProcessPlace[] {
    return this.places.filter((place) => place.role !== 'api');
  }

  get(): never {
    throw new Error('The product runs in processes of its own here: nothing inside it can be reached.');
  }

  async close(): Promise<void> {
    await Promise.all(this.places.map((place) => place.kill()));
  }
}
