/** What the load program is told, and what it tells back. */
import type { DeliveryKind } from './deliveries.ts';

export interface LoadPlan {
  port: number;
  deliveries: DeliveryKind;
  /** Number of the first delivery; numbers are never used twice in one database. */
  firstNumber: number;
  /** Sockets. */
  connections: number;
  seconds: number;
  /**
   * `closed`: each socket sends as soon as it was answered; this shows the most that is possible. `open`: requests leave at fixed
   * instants, whether or not others were answered, and their time counts from that instant.
   */
  pace: { kind: 'closed'; most: number } | { kind: 'open'; perSecond: number };
  /** Signatures that fit nothing. Then the same request is sent again and again. */
  badly?: boolean;
  /** Addresses that the deliveries go to in turn; the usual one when absent. */
  paths?: string[];
}

export interface LoadResult {
  /** Seconds from the first request to the last answer. */
  seconds: number;
  /** Answers by status; 0: the connection broke. */
  statuses: Record<string, number>;
  /** Milliseconds of each answered request. */
  latencies: number[];
  /** True when a closed run ended because it had no more prepared requests: its rate counts, its length does not. */
  ranOut: boolean;
  /** Numbers of the deliveries that were answered with 2xx. */
  accepted: number;
}
