import { Injectable } from '@nestjs/common';
import type { GitProviderId, JobFailureReason } from '@openhands-jira/contracts';
import { type EventsVerdict, failureOfError } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import {
  Agent, type AgentAccount, type AgentFailure, AgentProblem, type AgentRequest, type AgentStart, type ConversationLook, INSTALLATION, type SendAnswer, type StartLook, type UserMessage,
} from './agent.js';
import { AgentKeys } from './agent-keys.js';
import { type AgentEvent, BATCH, type Conversation, OpenHandsClient, type StartTask } from './openhands.client.js';

/** OpenHands' own words for the git providers. */
const GIT_PROVIDERS: Record<GitProviderId, string> = {
  github: 'github',
  gitlab: 'gitlab',
  bitbucket: 'bitbucket',
  'bitbucket-data-center': 'bitbucket_data_center',
};

/** Our clock and the agent's may differ; a start is searched from this long before we asked. */
const SEARCH_MARGIN_MS = 10 * 60_000;
/** Pages of a hundred tasks that are looked through for one. */
const MOST_PAGES = 50;

/** The agent port, spoken as OpenHands Cloud and Enterprise speak it (REST API v1). */
@Injectable()
export class OpenHandsAgent extends Agent {
  constructor(
    private readonly client: OpenHandsClient,
    private readonly keys: AgentKeys,
    private readonly config: AppConfig,
  ) {
    super();
  }

  async start(account: AgentAccount, request: AgentRequest): Promise<AgentStart> {
    const { repository } = request;
    const task = await this.client.startConversation(await this.keyOf(account), {
      conversation_id: request.conversationId,
      // Labels the conversation in OpenHands' own lists.
      trigger: 'jira',
      title: request.title,
      initial_message: { role: 'user', content: [{ type: 'text', text: request.prompt }], run: true },
      system_message_suffix: request.systemSuffix,
      ...(repository && { selected_repository: repository.fullName, selected_branch: repository.branch, git_provider: GIT_PROVIDERS[repository.provider] }),
    });
    return startOf(task);
  }

  /**
   * The search's own `conversation_id__eq` compares the id of the finished conversation and finds nothing before READY,
   * so the tasks of the time in question are searched for our id. The same id twice ends with one task in ERROR: the
   * other one is the conversation.
   */
  async findStart(account: AgentAccount, conversationId: string, since: Date): Promise<AgentStart | null> {
    const key = await this.keyOf(account);
    const { found, isComplete } = await this.searchStart(key, conversationId, since);
    if (found && !found.failed) return found;
    const [conversation] = await this.client.conversations(key, [conversationId]);
    if (conversation) return { taskId: null, failed: false };
    // "Not there" would lead to a second start, so it is only said when everything was looked at.
    if (!isComplete) throw new AgentProblem('agent_unreachable', 'The agent has begun so many tasks that one of them cannot be found', 'unchanged');
    return found;
  }

  /** The start task of a conversation, a good one rather than one that failed. */
  private async searchStart(key: string, conversationId: string, since: Date): Promise<{ found: AgentStart | null; isComplete: boolean }> {
    let found: AgentStart | null = null;
    let pages = 0;
    for await (const tasks of this.client.startTasksSince(key, new Date(since.getTime() - SEARCH_MARGIN_MS))) {
      const ours = tasks.filter((task) => sameId(task.request?.conversation_id, conversationId)).map(startOf);
      found = ours.find((start) => !start.failed) ?? found ?? ours[0] ?? null;
      pages += 1;
      if (found?.failed === false) break;
      if (pages >= MOST_PAGES) return { found, isComplete: false };
    }
    return { found, isComplete: true };
  }

  async lookAtStarts(account: AgentAccount, taskIds: string[]): Promise<Map<string, StartLook>> {
    const key = await this.keyOf(account);
    const looks = new Map<string, StartLook>();
    for (const batch of batches(taskIds)) {
      const tasks = await this.client.startTasks(key, batch);
      batch.forEach((id, index) => {
        const task = tasks[index];
        if (task) looks.set(id, lookOf(task));
      });
    }
    return looks;
  }

  async lookAt(account: AgentAccount, conversationIds: string[]): Promise<Map<string, ConversationLook>> {
    const looks = new Map<string, ConversationLook>();
    const key = await this.keyOf(account);
    for (const batch of batches(conversationIds)) {
      const found = await this.client.conversations(key, batch);
      batch.forEach((id, index) => {
        const one = found[index];
        if (one) looks.set(id, { sandbox: one.sandbox_status, execution: one.execution_status ?? null, sandboxId: one.sandbox_id ?? null });
      });
    }
    return looks;
  }

  async readEvents(account: AgentAccount, conversationId: string, after: string | null): Promise<EventsVerdict> {
    const key = await this.keyOf(account);
    const since = await this.sinceOf(key, conversationId, after);
    if (since === null) return 'was_running';
    const updates = await this.client.events(key, hex(conversationId), 'ConversationStateUpdateEvent', 50);
    const last = updates.find((event) => event.key === 'execution_status' && event.timestamp > since);
    if (last?.value === 'finished') return 'finished';
    if (last?.value === 'error' || last?.value === 'stuck') return 'failed';
    if (last) return 'was_running';
    return (await this.wordsSince(key, conversationId, since)) === null ? 'was_running' : 'finished';
  }

  async failureOf(account: AgentAccount, conversationId: string): Promise<AgentFailure> {
    const [event] = await this.client.events(await this.keyOf(account), hex(conversationId), 'ConversationErrorEvent', 1);
    const { reason, details } = failureOfError(event?.code ?? null, event?.classification?.kind ?? null);
    return { reason, details: { ...details, ownKey: account !== INSTALLATION } };
  }

  async lastWords(account: AgentAccount, conversationId: string, after: string | null): Promise<string | null> {
    const key = await this.keyOf(account);
    const since = await this.sinceOf(key, conversationId, after);
    return since === null ? null : this.wordsSince(key, conversationId, since);
  }

  async userMessages(account: AgentAccount, conversationId: string): Promise<UserMessage[]> {
    return userMessages(await this.client.events(await this.keyOf(account), hex(conversationId), 'MessageEvent', 20));
  }

  async send(account: AgentAccount, conversationId: string, text: string): Promise<SendAnswer> {
    const key = await this.keyOf(account);
    const status = await this.client.sendMessage(key, hex(conversationId), text);
    if (status < 300) return 'sent';
    if (status === 404 || status === 410) return 'gone';
    if (status !== 409) throw new AgentProblem('agent_error', `The agent answered ${status} to a message`, 'no');
    const look = (await this.lookAt(account, [conversationId])).get(conversationId);
    return look?.sandbox === 'STARTING' ? 'starting' : 'paused';
  }

  async resume(account: AgentAccount, sandboxId: string): Promise<boolean> {
    return this.client.changeSandbox(await this.keyOf(account), sandboxId, 'resume');
  }

  async stop(account: AgentAccount, conversationId: string): Promise<void> {
    const key = await this.keyOf(account);
    const [conversation] = await this.client.conversations(key, [conversationId]);
    if (!conversation || !isWorking(conversation)) return;
    // Another process or network may not reach the sandbox's host: then the machine is paused instead.
    const interrupted = await this.client.interrupt(conversation).catch(() => false);
    if (interrupted || !conversation.sandbox_id) return;
    // With sandbox grouping other conversations may live in the same machine; those are not ours to pause.
    if (sameId(conversation.sandbox_id, conversationId)) await this.client.changeSandbox(key, conversation.sandbox_id, 'pause');
  }

  async rename(account: AgentAccount, conversationId: string, title: string): Promise<void> {
    await this.client.rename(await this.keyOf(account), hex(conversationId), title);
  }

  async checkKey(key: string): Promise<'ok' | 'rejected' | 'unreachable'> {
    try {
      return (await this.client.currentKey(key)) < 300 ? 'ok' : 'rejected';
    } catch (error) {
      if (!(error instanceof AgentProblem)) throw error;
      return error.reason === 'agent_key_rejected' ? 'rejected' : 'unreachable';
    }
  }

  async accountFor(userId: string | null): Promise<AgentAccount | null> {
    if (userId && (await this.keys.keyOf(userId))) return userId;
    return this.config.env.OPENHANDS_API_KEY ? INSTALLATION : null;
  }

  conversationUrl(conversationId: string): string {
    return `${this.config.env.OPENHANDS_URL}/conversations/${hex(conversationId)}`;
  }

  /**
   * The time of the first message of a person newer than `after`: what the agent said before it is the answer to
   * something else. '' when everything counts; null when that message has not reached the app server yet.
   */
  private async sinceOf(key: string, conversationId: string, after: string | null): Promise<string | null> {
    if (after === null) return '';
    const messages = userMessages(await this.client.events(key, hex(conversationId), 'MessageEvent', 20));
    return messages.findLast((message) => message.at > after)?.at ?? null;
  }

  /** The newer of the latest finish call and the latest plain message of the agent. */
  private async wordsSince(key: string, conversationId: string, since: string): Promise<string | null> {
    const actions = await this.client.events(key, hex(conversationId), 'ActionEvent', 5);
    const messages = await this.client.events(key, hex(conversationId), 'MessageEvent', 5);
    const words = [...actions.filter(isFinish), ...messages.filter((event) => event.source === 'agent')]
      .filter((event) => event.timestamp > since)
      .sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1))[0];
    return words ? textOf(words) || null : null;
  }

  private async keyOf(account: AgentAccount): Promise<string> {
    const key = account === INSTALLATION ? this.config.env.OPENHANDS_API_KEY : await this.keys.keyOf(account);
    if (!key) throw new AgentProblem('agent_not_configured', 'There is no key for the agent', 'no');
    return key;
  }
}

/** Answers of the app server carry ids as 32 hex digits, requests may have dashes. */
function hex(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}

function sameId(a: string | null | undefined, b: string): boolean {
  return typeof a === 'string' && hex(a) === hex(b);
}

function batches(ids: string[]): string[][] {
  const unique = [...new Set(ids)];
  return Array.from({ length: Math.ceil(unique.length / BATCH) }, (_, index) => unique.slice(index * BATCH, (index + 1) * BATCH));
}

function startOf(task: StartTask): AgentStart {
  return { taskId: task.id, failed: task.status === 'ERROR' };
}

/** A state that nobody knows yet counts as one more step on the way. */
function lookOf(task: StartTask): StartLook {
  if (task.status === 'READY') return { kind: 'ready', sandboxId: task.sandbox_id ?? null };
  if (task.status === 'ERROR') return { kind: 'failed', reason: startFailure(task.detail ?? '') };
  return { kind: 'starting' };
}

/** The reason is text for operators; only its subject is read. */
function startFailure(detail: string): JobFailureReason {
  if (/\b(budget|credits?|quota)\b/i.test(detail)) return 'agent_quota_exceeded';
  if (/\b(llm|model)\b/i.test(detail)) return /\b(auth|invalid|unauthori[sz]ed)/i.test(detail) ? 'agent_model_key_invalid' : 'agent_settings_missing';
  return 'agent_start_failed';
}

function isFinish(event: AgentEvent): boolean {
  return event.source === 'agent' && event.tool_name === 'finish' && typeof event.action?.message === 'string';
}

function textOf(event: AgentEvent): string {
  if (event.kind === 'ActionEvent') return event.action?.message ?? '';
  return (event.llm_message?.content ?? []).map((part) => part.text ?? '').join('');
}

function userMessages(events: AgentEvent[]): UserMessage[] {
  return events.filter((event) => event.source === 'user').map((event) => ({ at: event.timestamp, text: textOf(event) }));
}

/** The agent-server did not answer just then, so the conversation may well be at work. */
const NOT_TOLD = 'not told';
const WORKING = new Set(['idle', 'running', 'waiting_for_confirmation', NOT_TOLD]);

function isWorking(conversation: Conversation): boolean {
  return conversation.sandbox_status === 'RUNNING' && WORKING.has(conversation.execution_status ?? NOT_TOLD);
}
