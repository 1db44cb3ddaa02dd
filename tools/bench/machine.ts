/**
 * The machine as a bench sees it: what it is, who uses its processors, and how much memory a process has. Read from /proc, so figures
 * about processors and memory exist on Linux only; elsewhere they are null and no rule is built on them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** Ticks of /proc are a hundredth of a second on every Linux that we know. */
const MS_PER_TICK = 10;

export interface Conditions {
  at: string;
  processor: string;
  cores: number;
  memoryGb: number;
  kernel: string;
  node: string;
  /** Load of the last minute, before the first bench. */
  load: number;
}

/** What is printed above the figures and kept with them. */
export function conditions(): Conditions {
  return {
    at: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** Milliseconds of processor time that a process and all its children have used, ended ones included. */
export function treeCpuMs(pid: number): number {
  const stats = allStats();
  const children = Map.groupBy(stats.values(), (one) => one.parent);
  const walk = (id: number): number => {
    const own = stats.get(id);
    return (own?.ms ?? 0) + (children.get(id) ?? []).reduce((sum, child) => sum + walk(child.pid), 0);
  };
  return walk(pid);
}

/** Milliseconds of processor time that the whole machine has used since it started. */
export function machineCpuMs(): number {
  if (!existsSync('/proc/stat')) return 0;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = (/^cpu\s+(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '').split(' ').map(Number);
  return (user + nice + system + irq + softIrq) * MS_PER_TICK;
}

/** Resident memory of one process in MB. */
export function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round((Number(kb) / 1024) * 10) / 10;
}

/** Open files and sockets of one process. */
export function openHandles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

interface Stat {
  pid: number;
  parent: number;
  ms: number;
}

function allStats(): Map<number, Stat> {
  if (!existsSync('/proc/stat')) return new Map();
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(pids.flatMap((pid) => statOf(Number(pid)) ?? []).map((one) => [one.pid, one]));
}

/** The name of the program stands in brackets and may hold blanks, so counting begins behind it. */
function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
    return { pid, parent: fields[1] ?? 0, ms: (user + system + childUser + childSystem) * MS_PER_TICK };
  } catch {
    return null;
  }
}
