/** Where people's own keys for the agent come from. */
export abstract class AgentKeys {
  /** The person's own key in plain text, or null when none is set. */
  abstract keyOf(userId: string): Promise<string | null>;
}
