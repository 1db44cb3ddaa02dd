/**
 * The agent as the house sees it: something that starts a conversation about an issue, works for minutes or hours, can be
 * spoken to, and ends with a text. `openhands.agent.ts` is the only implementation. The port knows nothing of jobs,
 * Jira or the database.
 */
import type { JobFailureReason, JobRepository } from '@openhands-jira/contracts';
import type { EventsVerdict, FailureDetails } from '@openhands-jira/domain';

/** Whose key is used: `installation`, or the id of the user whose own key it is. */
export type AgentAccount = string;

export const INSTALLATION: AgentAccount = 'installation';

/** What a conversation begins with. */
export interface AgentRequest {
  /** Chosen by us, so that a start whose answer was lost can be found again. */
  conversationId: string;
  title: string;
  prompt: string;
  systemSuffix: string;
  repository: JobRepository | null;
}

/** A start that the agent accepted; it takes seconds to minutes until the conversation exists. */
export interface AgentStart {
  /** Null when the conversation exists already and nothing is left to wait for. */
  taskId: string | null;
  failed: boolean;
}

/** How far a start is. */
export type StartLook =
  | { kind: 'starting' }
  | { kind: 'ready'; sandboxId: string | null }
  | { kind: 'failed'; reason: JobFailureReason };

/** What the agent says about a conversation now. `execution` is null when its machine is not running or does not answer. */
export interface ConversationLook {
  sandbox: string;
  execution: string | null;
  sandboxId: string | null;
}

/** Why a run ended in an error. */
export interface AgentFailure {
  reason: JobFailureReason;
  details: FailureDetails;
}

/** A message of a person in a conversation. Times are the agent's own and are only compared with each other. */
export interface UserMessage {
  at: string;
  text: string;
}

export type SendAnswer = 'sent' | 'paused' | 'starting' | 'gone';

/** A call to the agent gave no usable answer. `reason` is how it is told if it stays so. */
export class AgentProblem extends Error {
  constructor(
    readonly reason: JobFailureReason,
    message: string,
    /** `no`: the same call will never work. `unchanged`: it may work later and had no effect. `unknown`: it may have had its effect, so look before repeating. */
    readonly repeat: 'no' | 'unchanged' | 'unknown',
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
    this.name = 'AgentProblem';
  }
}

/** Every method may throw `AgentProblem`. */
export abstract class Agent {
  /** Asks for a new conversation. */
  abstract start(account: AgentAccount, request: AgentRequest): Promise<AgentStart>;
  /** The start with this conversation id, if the agent ever got it. `since`: when we asked. */
  abstract findStart(account: AgentAccount, conversationId: string, since: Date): Promise<AgentStart | null>;
  /** How far these starts are, by task id. Tasks that the agent does not know are missing in the answer. */
  abstract lookAtStarts(account: AgentAccount, taskIds: string[]): Promise<Map<string, StartLook>>;
  /** What these conversations do, by conversation id. Missing: unknown to the agent, deleted or not ours. */
  abstract lookAt(account: AgentAccount, conversationIds: string[]): Promise<Map<string, ConversationLook>>;
  /** For a conversation whose machine is paused or lost: its events outlive it. `after`: as for `lastWords`. */
  abstract readEvents(account: AgentAccount, conversationId: string, after: string | null): Promise<EventsVerdict>;
  /** For a conversation that ended in an error. */
  abstract failureOf(account: AgentAccount, conversationId: string): Promise<AgentFailure>;
  /** The agent's last words after the first message of a person newer than `after` (null: after any message), or null while there are none. */
  abstract lastWords(account: AgentAccount, conversationId: string, after: string | null): Promise<string | null>;
  /** Latest messages of people, newest first. */
  abstract userMessages(account: AgentAccount, conversationId: string): Promise<UserMessage[]>;
  /** Says something in a conversation and lets the agent work on. */
  abstract send(account: AgentAccount, conversationId: string, text: string): Promise<SendAnswer>;
  /** Wakes the machine of a conversation; false when it is gone. It takes a while until it runs. */
  abstract resume(account: AgentAccount, sandboxId: string): Promise<boolean>;
  /** Stops the work of a conversation, keeping its transcript. */
  abstract stop(account: AgentAccount, conversationId: string): Promise<void>;
  /** Gives the conversation a name for people. */
  abstract rename(account: AgentAccount, conversationId: string, title: string): Promise<void>;
  /** Whether the agent accepts this key. */
  abstract checkKey(key: string): Promise<'ok' | 'rejected' | 'unreachable'>;
  /** The account whose key a user's jobs run under, or null when there is no key at all. */
  abstract accountFor(userId: string | null): Promise<AgentAccount | null>;
  /** Page of a conversation, for people. */
  abstract conversationUrl(conversationId: string): string;
}
