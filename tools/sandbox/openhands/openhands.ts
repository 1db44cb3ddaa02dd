/**
 * The stand-in of the agent's app server (openhands-api.md 9): accounts, conversations, and the switches that tests use.
 * Routes are in `conversation-routes.ts`, `event-routes.ts` and `git-routes.ts`.
 */
import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { json, type Reply, type SandboxRequest } from '../routes.ts';
import { StandIn } from '../stand-in.ts';
import { AgentAccounts, isReply, type AgentCaller } from './accounts.ts';
import { Conversation, undashed } from './conversation.ts';
import { addConversationRoutes } from './conversation-routes.ts';
import { addEventRoutes } from './event-routes.ts';
import { addGitRoutes } from './git-routes.ts';
import { addPages } from './pages.ts';
import { finishes, NAMED_SCRIPTS, type Script } from './scripts.ts';

/** A repository that the agent's git app can see. */
export interface AgentRepository {
  id: string;
  fullName: string;
  /** `github`, `gitlab`, `bitbucket`, `bitbucket_data_center` */
  provider: string;
  isPublic: boolean;
  mainBranch: string;
  branches: string[];
  /** Where a pull request number 7 of it would be. */
  pullRequestUrl: string;
}

export interface OpenHandsOptions {
  clock: SandboxClock;
  /** Public address of this stand-in, for `conversation_url`. */
  url: () => string;
  repositories: () => AgentRepository[];
}

export type AgentHandler = (caller: AgentCaller, request: SandboxRequest) => Reply;

export class OpenHands {
  readonly standIn = new StandIn('openhands');
  readonly accounts = new AgentAccounts();
  readonly conversations: Conversation[] = [];
  readonly options: OpenHandsOptions;
  /** By how many steps a conversation goes on when somebody looks at it. 0: only `advance` lets it go on. */
  stepsPerLook = 1;
  /** Running sandboxes per user; above it the oldest is paused. Null: no limit. */
  sandboxCap: number | null = null;
  #next: Script[] = [];

  constructor(options: OpenHandsOptions) {
    this.options = options;
    this.standIn.notFound = () => json(404, { detail: 'Not Found' });
    addConversationRoutes(this);
    addEventRoutes(this);
    addGitRoutes(this);
    addPages(this);
  }

  /** A route that needs a key. */
  add(method: string, path: string, handler: AgentHandler): void {
    this.standIn.routes.add(method, path, (request) => {
      const caller = this.accounts.enter(request);
      return isReply(caller) ? caller : handler(caller, request);
    });
  }

  /** The next conversations follow these scripts, one each; afterwards the default again. */
  play(...scripts: (Script | string)[]): void {
    for (const script of scripts) this.#next.push(typeof script === 'string' ? named(script) : script);
  }

  /** Lets every conversation (or one) go on by some looks, start steps included. */
  advance(looks = 1, conversationId?: string): void {
    const wanted = conversationId === undefined ? null : undashed(conversationId);
    for (const conversation of this.conversations.filter((one) => wanted === null || one.id === wanted)) {
      for (let look = 0; look < looks; look += 1) {
        if (conversation.isReady) conversation.advance();
        else conversation.advanceStart();
      }
    }
  }

  /** @throws when there is none */
  conversation(id: string): Conversation {
    const found = this.find(id);
    if (found === undefined) throw new Error(`The sandbox has no conversation ${id}`);
    return found;
  }

  find(id: string): Conversation | undefined {
    return this.conversations.find((one) => one.id === undashed(id) && !one.deleted);
  }

  start(caller: AgentCaller, request: Record<string, unknown>): Conversation {
    const wanted = typeof request['conversation_id'] === 'string' ? request['conversation_id'] : randomUUID();
    const id = undashed(wanted) ?? randomUUID().replaceAll('-', '');
    const taken = this.conversations.some((one) => one.id === id);
    const script = this.#next.shift() ?? this.#defaultScript(request);
    const conversation = new Conversation({ userId: caller.user.id, id, request, script, clock: this.options.clock });
    // Not proven (open question 1): a second start with the same id collides on the sandbox and ends in ERROR.
    if (taken) conversation.failStart('A sandbox with this id exists already');
    else if (!this.canOpen(caller, request['selected_repository'])) conversation.failStart('The repository could not be opened with any connected provider');
    this.conversations.push(conversation);
    this.pauseAboveCap(caller.user.id);
    return conversation;
  }

  /** Above the cap the oldest running sandboxes of the user are paused: a start or resume of ours may stop another job of ours. */
  pauseAboveCap(userId: string): void {
    if (this.sandboxCap === null) return;
    const running = this.conversations.filter((one) => one.userId === userId && one.isReady && one.frame.sandbox === 'RUNNING');
    for (const oldest of running.slice(0, Math.max(0, running.length + 1 - this.sandboxCap))) oldest.pauseSandbox();
  }

  canOpen(caller: AgentCaller, repository: unknown): boolean {
    if (typeof repository !== 'string') return true;
    return this.repositoriesOf(caller).some((one) => one.fullName.toLowerCase() === repository.toLowerCase());
  }

  repositoriesOf(caller: AgentCaller): AgentRepository[] {
    return this.options.repositories().filter((one) => one.provider in caller.user.providers);
  }

  #defaultScript(request: Record<string, unknown>): Script {
    const name = typeof request['selected_repository'] === 'string' ? request['selected_repository'].toLowerCase() : '';
    const matching = this.options.repositories().filter((one) => one.fullName.toLowerCase() === name);
    const repository = matching.find((one) => one.provider === request['git_provider']) ?? matching[0];
    const url = repository?.pullRequestUrl ?? 'https://example.com/nothing';
    return finishes(`I made the change and opened a pull request: ${url}\n\nAll tests pass. Please review it.`);
  }
}

function named(name: string): Script {
  const script = NAMED_SCRIPTS[name];
  if (script === undefined) throw new Error(`There is no script ${name}. There are: ${Object.keys(NAMED_SCRIPTS).join(', ')}`);
  return script;
}
