import type { TraceStep } from '@openhands-jira/contracts';
import type { Clock } from '../config/clock.js';

/** The steps of one decision, in order, as people read them in the delivery log. */
export class Trace {
  private readonly taken: TraceStep[];

  /** `before`: the steps that the front door took. */
  constructor(
    before: TraceStep[],
    private readonly clock: Clock,
  ) {
    const retry = before.findIndex((step) => step.step === 'attempt');
    this.taken = retry < 0 ? [...before] : before.slice(0, retry);
  }

  /** Notes a check that was passed (`yes`), that decided (`no`), or a remark (`info`). */
  note(step: string, result: TraceStep['result'], detail: string): void {
    this.taken.push({ step, result, detail: detail.slice(0, 1000).toWellFormed(), at: this.clock.now().toISOString() });
  }

  get steps(): TraceStep[] {
    return this.taken;
  }
}
