/** All benches, in the order in which they run. */
import type { Bench } from '../suite.ts';
import { ack } from './ack.ts';
import { api } from './api.ts';
import { backlog } from './backlog.ts';
import { connections } from './connections.ts';
import { feedback } from './feedback.ts';
import { ingest } from './ingest.ts';
import { memory } from './memory.ts';
import { once } from './once.ts';
import { queue } from './queue.ts';
import { refuse } from './refuse.ts';
import { replicas } from './replicas.ts';
import { spa } from './spa.ts';
import { sql } from './sql.ts';
import { start } from './start.ts';

export const BENCHES: Bench[] = [sql, ingest, refuse, ack, feedback, start, memory, once, connections, backlog, api, queue, replicas, spa];
