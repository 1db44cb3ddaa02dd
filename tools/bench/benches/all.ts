/** All benches, in the order in which they run. */
import type { Bench } from '../suite.ts';
import { ack } from './ack.ts';
import { feedback } from './feedback.ts';
import { ingest } from './ingest.ts';
import { memory } from './memory.ts';
import { once } from './once.ts';
import { refuse } from './refuse.ts';
import { sql } from './sql.ts';
import { start } from './start.ts';

export const BENCHES: Bench[] = [sql, ingest, refuse, ack, feedback, start, memory, once];
