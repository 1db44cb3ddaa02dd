/**
 * The status comment of a job: written when the job is accepted, edited in place on every change, one line at the end.
 * It calls nobody, except when the agent waits for a person.
 */
import type { RepositorySource } from '@openhands-jira/contracts';
import { bulletList, code, doc, emphasis, line, link, paragraph, strong } from './document.js';
import type { DocumentNode, InlineNode, ListItemNode, ParagraphNode } from './document.js';
import { addressed, clockTime, command, duration, settingsLink } from './message-context.js';
import type { MessageContext, MessagePerson } from './message-context.js';

/** The repository a job works on. */
export interface MessageRepository {
  /** `owner/name`, in the git provider's own spelling. */
  name: string;
  url: string;
  source: RepositorySource;
  /** Null for the default branch. */
  branch: string | null;
}

/** What every status comment of a job tells. */
export interface StatusFacts {
  /** Null when the job runs without a repository. */
  repository: MessageRepository | null;
  startedBy: MessagePerson;
  /** True when the person was recognised by e-mail, which is weaker than a confirmed link. */
  matchedByEmail: boolean;
  /** Page of the agent's conversation, once it is known. */
  conversationUrl: string | null;
  /** Whether the agent begins anew. `fresh_conversation_gone`: it should have gone on, but the old one is gone. */
  conversation: 'fresh' | 'going_on' | 'fresh_conversation_gone';
  pullRequests: string[];
  notes: StatusNote[];
}

/** Things that happened while the job was running. `at` is an ISO time. */
export type StatusNote =
  | { kind: 'note_passed_on'; from: string; at: string }
  /** `at`: when the words came. */
  | { kind: 'note_not_passed_on'; from: string; at: string }
  | { kind: 'suspended'; at: string }
  | { kind: 'agent_not_reachable'; at: string };

export type StatusMessage =
  | ({ kind: 'status.working'; state: 'starting' | 'running' } & StatusFacts)
  | ({ kind: 'status.queued'; position: number; limit: QueueLimit } & StatusFacts)
  | ({ kind: 'status.needs_input' } & StatusFacts)
  | {
      kind: 'status.done';
      outcome: 'succeeded' | 'failed' | 'cancelled';
      /** Null when the job never started. */
      seconds: number | null;
      repository: MessageRepository | null;
      conversationUrl: string | null;
    };

/** Which limit makes a job wait, and how many jobs it allows. */
export interface QueueLimit {
  kind: 'installation' | 'person';
  jobs: number;
}

export function renderStatus(message: StatusMessage, context: MessageContext): DocumentNode {
  switch (message.kind) {
    case 'status.working':
      return doc(paragraph(strong(workingHeadline(message.state))), facts(message, context), helpLine(context));
    case 'status.queued':
      return doc(queuedLine(message.position, message.limit), facts(message, context), helpLine(context));
    case 'status.needs_input':
      return doc(needsInputLine(message), facts(message, context));
    case 'status.done':
      return doc(doneLine(message));
  }
}

function workingHeadline(state: 'starting' | 'running'): string {
  return state === 'starting' ? 'OpenHands is starting on this issue.' : 'OpenHands is working on this issue.';
}

function queuedLine(position: number, limit: QueueLimit): ParagraphNode {
  const jobs = limit.jobs === 1 ? 'one job runs' : `${limit.jobs} jobs run`;
  const reason = `at most ${jobs}${limit.kind === 'person' ? ' per person' : ''} at the same time`;
  return paragraph(strong(`Accepted, and waiting at position ${position}.`), ` It starts by itself: ${reason}.`);
}

function needsInputLine(message: StatusFacts): ParagraphNode {
  const where =
    message.conversationUrl === null ? 'its conversation' : link('its conversation', message.conversationUrl);
  return addressed(
    message.startedBy,
    strong('OpenHands waits for a confirmation.'),
    ' Please answer it in ',
    where,
    '.',
  );
}

function facts(message: StatusFacts, context: MessageContext): DocumentNode['content'][number] {
  return bulletList(
    line(...repositoryLine(message.repository)),
    ...(message.repository === null ? [] : [line('Branch: ', ...branchText(message.repository))]),
    line(`Started by: ${message.startedBy.displayName}`, ...emailNote(message, context)),
    ...conversationLines(message),
    ...message.pullRequests.map((url) => line('Pull request: ', link(url, url))),
    ...message.notes.map((note) => noteLine(note, context)),
  );
}

function repositoryLine(repository: MessageRepository | null): (InlineNode | string)[] {
  if (repository === null) return ['Repository: no repository'];
  return ['Repository: ', link(repository.name, repository.url), ', ', ...sourceText(repository.source)];
}

/** Where the repository was found, in words after its name. */
export function sourceText(source: RepositorySource): (InlineNode | string)[] {
  switch (source) {
    case 'line':
      return ['from the ', code('Repository:'), ' line'];
    case 'url':
      return ['from an address in the issue'];
    case 'name':
      return ['from a name in the issue'];
    case 'project_default':
      return ['the default of this project'];
  }
}

function branchText(repository: MessageRepository): InlineNode[] {
  return repository.branch === null ? [emphasis('default branch')] : [code(repository.branch)];
}

function emailNote(message: StatusFacts, context: MessageContext): (InlineNode | string)[] {
  if (!message.matchedByEmail) return [];
  return [' (matched by e-mail; if this is wrong, unlink it in ', settingsLink(context), ')'];
}

function conversationLines(message: StatusFacts): ListItemNode[] {
  const page = message.conversationUrl === null ? [] : [link('open it', message.conversationUrl)];
  switch (message.conversation) {
    case 'going_on':
      return [line('Conversation: going on in the earlier one', ...afterComma(page))];
    case 'fresh_conversation_gone':
      return [line('Conversation: a fresh one, because the earlier one is gone', ...afterComma(page))];
    case 'fresh':
      return page.length === 0 ? [] : [line('Conversation: ', ...page)];
  }
}

function afterComma(nodes: InlineNode[]): (InlineNode | string)[] {
  return nodes.length === 0 ? [] : [', ', ...nodes];
}

function noteLine(note: StatusNote, context: MessageContext): ListItemNode {
  const at = clockTime(note.at);
  switch (note.kind) {
    case 'note_passed_on':
      return line(`Note from ${note.from} passed on at ${at}`);
    case 'note_not_passed_on':
      return line(
        `Note from ${note.from} of ${at} could not be passed on to the agent. Please comment again with `,
        command(context),
      );
    case 'suspended':
      return line(`The agent was paused in its own page at ${at}; it can be resumed there`);
    case 'agent_not_reachable':
      return line(`The agent has not answered since ${at}; still trying`);
  }
}

function helpLine(context: MessageContext): ParagraphNode {
  return paragraph(
    'To add something, comment with ',
    command(context),
    ' and your words. To end it: ',
    command(context, 'stop'),
    '. More: ',
    command(context, 'help'),
    '.',
  );
}

function doneLine(message: Extract<StatusMessage, { kind: 'status.done' }>): ParagraphNode {
  const word = { succeeded: 'Finished', failed: 'Ended without a result', cancelled: 'Stopped' }[message.outcome];
  const time = message.seconds === null ? '' : ` after ${duration(message.seconds)}`;
  const repository = message.repository === null ? [] : [' on ', link(message.repository.name, message.repository.url)];
  const page = message.conversationUrl === null ? [] : [' (', link('conversation', message.conversationUrl), ')'];
  return paragraph(strong(word), `${time}`, ...repository, ', see the result below', ...page, '.');
}
