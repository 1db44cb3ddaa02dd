/** What the programs that send deliveries are told, and what they tell. */

export interface HerdPlan {
  /** Ports of the doors on this machine. */
  ports: number[];
  /** Connections to all of them together. */
  connections: number;
  /** Whole requests, head and body. */
  requests: Uint8Array[];
  /** Pause before one that was not taken is sent again. */
  resendMs: number;
}

/** What became of each request, in their order. */
export interface HerdResult {
  /** Status of the first answer; 0 when the connection broke. */
  firstStatus: number[];
  /** Milliseconds until the first answer. */
  firstMs: number[];
  /** Whether it was taken in the end, perhaps after more tries. */
  taken: boolean[];
  tookMs: number;
}

/** A company's own deliveries, at a steady rate. */
export interface CompanyPlan extends Pick<HerdPlan, 'ports' | 'requests' | 'resendMs'> {
  perSecond: number;
}

/** A wait of the company for an answer: when it began, and how long it took. */
export interface Waited {
  at: number;
  ms: number;
}
