import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { OutgoingHttp, OutgoingProblem, retryAfterMs, type OutgoingAnswer, type OutgoingRequest } from '../http/outgoing.js';
import { AgentProblem } from './agent.js';

/** A start task of the app server. Unknown fields and states are kept out of the way: the Cloud runs newer code than anybody read. */
const StartTask = z.object({
  id: z.string(),
  status: z.string(),
  detail: z.string().nullish(),
  app_conversation_id: z.string().nullish(),
  sandbox_id: z.string().nullish(),
  request: z.object({ conversation_id: z.string().nullish() }).nullish(),
});
export type StartTask = z.infer<typeof StartTask>;

const Conversation = z.object({
  id: z.string(),
  sandbox_id: z.string().nullish(),
  sandbox_status: z.string(),
  execution_status: z.string().nullish(),
  /** REST address of the agent-server in the sandbox, not a page. */
  conversation_url: z.string().nullish(),
  /** A credential that lives as long as the sandbox runs: used at once, never stored or logged. */
  session_api_key: z.string().nullish(),
});
export type Conversation = z.infer<typeof Conversation>;


const Text = z.object({ type: z.string(), text: z.string().nullish() });
const Event = z.object({
  id: z.string(),
  timestamp: z.string(),
  source: z.string(),
  kind: z.string(),
  tool_name: z.string().nullish(),
  action: z.object({ message: z.string().nullish() }).nullish().catch(null),
  llm_message: z.object({ content: z.array(Text) }).nullish().catch(null),
  key: z.string().nullish(),
  value: z.unknown().optional(),
  code: z.string().nullish(),
  classification: z.object({ kind: z.string().nullish() }).nullish().catch(null),
});
export type AgentEvent = z.infer<typeof Event>;

const API = '/api/v1';
/** Each running sandbox is asked live for a batch, so batches stay small. */
export const BATCH = 20;

/** The calls of the OpenHands REST API v1 that we need, one method each, with the app server's own words and ids. */
@Injectable()
export class OpenHandsClient {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Status of `GET /api/keys/current`: 200 good, 401 not. */
  async currentKey(key: string): Promise<number> {
    return (await this.call(key, 'GET', '/api/keys/current')).status;
  }

  async startConversation(key: string, body: Record<string, unknown>): Promise<StartTask> {
    return read(StartTask, await this.call(key, 'POST', `${API}/app-conversations`, body));
  }

  /** In the order of `ids`; null for unknown ones. */
  async startTasks(key: string, ids: string[]): Promise<(StartTask | null)[]> {
    return read(z.array(StartTask.nullable()), await this.call(key, 'GET', `${API}/app-conversations/start-tasks?${list('ids', ids)}`));
  }

  /**
   * Start tasks since a time, page by page and newest first: who looks for one of a minute ago finds it on the first pages, and one that
   * begins meanwhile moves none past us.
   */
  async *startTasksSince(key: string, since: Date): AsyncGenerator<StartTask[]> {
    const path = `${API}/app-conversations/start-tasks/search?created_at__gte=${encodeURIComponent(since.toISOString())}&sort_order=CREATED_AT_DESC&limit=100`;
    let page: string | null | undefined = '';
    while (page !== null && page !== undefined) {
      const answer: z.infer<typeof StartTaskPage> = read(StartTaskPage, await this.call(key, 'GET', page ? `${path}&page_id=${encodeURIComponent(page)}` : path));
      yield answer.items;
      page = answer.next_page_id;
    }
  }

  /** In the order of `ids`; null for unknown, deleted or foreign ones. */
  async conversations(key: string, ids: string[]): Promise<(Conversation | null)[]> {
    return read(z.array(Conversation.nullable()), await this.call(key, 'GET', `${API}/app-conversations?${list('ids', ids)}`));
  }

  /** Newest first. `kind` keeps the large state updates away. */
  async events(key: string, conversationId: string, kind: string, limit: number): Promise<AgentEvent[]> {
    const path = `${API}/conversation/${conversationId}/events/search?kind__eq=${kind}&sort_order=TIMESTAMP_DESC&limit=${limit}`;
    const answer = read(z.object({ items: z.array(z.unknown()) }), await this.call(key, 'GET', path));
    // One event of a form that nobody expected must not hide the others.
    return answer.items.map((item) => Event.safeParse(item)).flatMap((event) => (event.success ? [event.data] : []));
  }

  /** Status of the answer: 200, 404, 409, 410. */
  async sendMessage(key: string, conversationId: string, text: string): Promise<number> {
    const body = { role: 'user', content: [{ type: 'text', text }], run: true };
    return (await this.call(key, 'POST', `${API}/app-conversations/${conversationId}/send-message`, body)).status;
  }

  async rename(key: string, conversationId: string, title: string): Promise<void> {
    await this.call(key, 'PATCH', `${API}/app-conversations/${conversationId}`, { title });
  }

  /** False when the sandbox is gone or may not be changed. */
  async changeSandbox(key: string, sandboxId: string, verb: 'resume' | 'pause'): Promise<boolean> {
    return (await this.call(key, 'POST', `${API}/sandboxes/${sandboxId}/${verb}`)).status < 300;
  }

  /** Cuts off the running model call, at the agent-server itself. Its host was chosen by the app server, so it is called like a stranger's. */
  async interrupt(conversation: Conversation): Promise<boolean> {
    if (!conversation.conversation_url || !conversation.session_api_key) return false;
    const answer = await this.request({
      method: 'POST', url: `${conversation.conversation_url}/interrupt`, headers: { 'x-session-api-key': conversation.session_api_key },
      reach: sameHost(conversation.conversation_url, this.config.env.OPENHANDS_URL) ? 'configured' : 'public',
    });
    return answer.status < 300;
  }

  /** Answers below 500 that are not about the key or the rate come back to the caller; everything else is a problem. */
  private async call(key: string, method: OutgoingRequest['method'], path: string, body?: unknown): Promise<OutgoingAnswer> {
    const org = this.config.env.OPENHANDS_ORG_ID;
    const answer = await this.request({
      method, url: `${this.config.env.OPENHANDS_URL}${path}`, reach: 'configured',
      headers: { authorization: `Bearer ${key}`, ...(org && { 'x-org-id': org }) },
      ...(body !== undefined && { body }),
      maxBytes: 32 * 1024 * 1024,
    });
    if (answer.status === 401 || answer.status === 403) throw new AgentProblem('agent_key_rejected', `The agent answered ${answer.status}`, 'no');
    if (answer.status === 429 || answer.status >= 500) {
      const repeat = answer.status === 429 ? 'unchanged' : 'unknown';
      throw new AgentProblem('agent_unreachable', `The agent answered ${answer.status}`, repeat, retryAfterMs(answer.headers, this.clock.now()));
    }
    return answer;
  }

  private async request(call: OutgoingRequest): Promise<OutgoingAnswer> {
    try {
      return await this.http.request({ timeoutMs: 35_000, ...call });
    } catch (error) {
      if (error instanceof OutgoingProblem) throw new AgentProblem('agent_unreachable', error.message, NEVER_SENT.has(error.stage) ? 'unchanged' : 'unknown');
      throw error;
    }
  }
}

/** Stages at which no request had left us. */
const NEVER_SENT = new Set<string>(['blocked', 'dns', 'tcp', 'tls']);

const StartTaskPage = z.object({ items: z.array(StartTask), next_page_id: z.string().nullish() });

/** The body in its expected form. Anything else is told as "unreachable": a proxy or login page answered in the agent's place. */
function read<T extends z.ZodType>(schema: T, answer: OutgoingAnswer): z.output<T> {
  if (answer.status >= 400) throw new AgentProblem('agent_start_failed', `The agent answered ${answer.status}`, 'no');
  const body = schema.safeParse(answer.json());
  if (!body.success) throw new AgentProblem('agent_unreachable', 'The answer of the agent has an unknown form', 'unknown');
  return body.data;
}

function list(name: string, values: string[]): string {
  return values.map((value) => `${name}=${encodeURIComponent(value)}`).join('&');
}

function sameHost(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).host === new URL(b).host;
}
