/** Every call that a stand-in gets, with its time: a stand-in itself keeps the latest only. */
import type { RecordedCall, StandIn } from '../../../tools/sandbox/stand-in.ts';

export interface SeenCall extends RecordedCall {
  /** Milliseconds since 1970. */
  at: number;
}

/** From now on all calls of this stand-in, oldest first. A status is known once the call is answered. */
export function seeCalls(standIn: StandIn): SeenCall[] {
  const seen: SeenCall[] = [];
  const record = standIn.record.bind(standIn);
  standIn.record = (call) => {
    seen.push(Object.assign(call, { at: Date.now() }));
    record(call);
  };
  return seen;
}
