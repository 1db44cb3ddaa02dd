/** The benches by name, and what a bench is given. */
import type { BenchServer } from './database.ts';
import type { BenchResult } from './figures.ts';

export interface BenchOptions {
  /** Seconds of one run. */
  seconds: number;
  rounds: number;
  /** Shorter everything, to see whether the bench works. */
  quick: boolean;
  peers: string[];
  /** Other deliveries per second, for `feedback`. */
  noise: number;
  /** Triggers at once, for `feedback`. */
  herd: number;
  /** Deliveries for `backlog`. */
  rows: number;
  /** Minutes of the soak, for `memory`. */
  minutes: number;
}

export interface Bench {
  name: string;
  what: string;
  /** Part of a run without names. */
  usual: boolean;
  run(server: BenchServer, options: BenchOptions): Promise<BenchResult>;
}
