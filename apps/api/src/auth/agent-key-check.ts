/**
 * Whether the agent accepts a key. The room that talks to the agent lives upstairs: it may provide this token and export it
 * from a `@Global()` module. Without it keys are stored unchecked.
 */
export const AGENT_KEY_CHECK = Symbol('AGENT_KEY_CHECK');

export interface AgentKeyCheck {
  /** `unreachable` is no verdict about the key. */
  check(apiKey: string): Promise<'accepted' | 'rejected' | 'unreachable'>;
}
