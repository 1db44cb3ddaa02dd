/**
 * The result comment: every job ends with exactly one, whatever happened to it.
 *
 * It calls the person who asked, because people want that notification. It repeats the agent's last words and never
 * claims that the issue is solved: a run that ended with a text may have ended with a question.
 */
import type { JobCancelReason, JobFailureReason } from '@openhands-jira/contracts';
import { bulletList, code, doc, emphasis, line, link, paragraph } from './document.js';
import type { BlockNode, DocumentNode, InlineNode, ParagraphNode } from './document.js';
import { readMarkdown } from './markdown.js';
import { addressed, command } from './message-context.js';
import type { MessageContext, MessagePerson } from './message-context.js';
import { failureWords, type FailureDetails } from './failure-words.js';

interface ResultFacts {
  /** Who asked for the job. */
  person: MessagePerson;
  jobId: string;
  conversationUrl: string | null;
  pullRequests: string[];
  /** Display names of people whose further instructions never reached the agent. */
  notPassedOn: string[];
}

export type ResultMessage =
  | ({
      kind: 'result.succeeded';
      /** The agent's last words in Markdown; null when none arrived in time. */
      text: string | null;
    } & ResultFacts)
  | ({
      kind: 'result.failed';
      reason: JobFailureReason;
      details: FailureDetails;
      /** Last words that arrived before the failure, if any. */
      text: string | null;
    } & ResultFacts)
  | ({
      kind: 'result.cancelled';
      reason: JobCancelReason;
      /** Display name of who stopped it, where that is known. */
      by: string | null;
      /** The branch that holds what was pushed, where it is known. */
      branch: string | null;
    } & ResultFacts);

export function renderResult(message: ResultMessage, context: MessageContext): DocumentNode {
  switch (message.kind) {
    case 'result.succeeded':
      return succeeded(message, context);
    case 'result.failed':
      return failed(message, context);
    case 'result.cancelled':
      return cancelled(message, context);
  }
}

function succeeded(
  message: Extract<ResultMessage, { kind: 'result.succeeded' }>,
  context: MessageContext,
): DocumentNode {
  const opening = addressed(message.person, 'OpenHands has finished its run. Its last words:');
  if (message.text === null || message.text.trim() === '') {
    const silent = addressed(
      message.person,
      'OpenHands has finished its run, but no final text arrived. ',
      ...readMore(message, 'What it did is in ', '.'),
    );
    return doc(silent, ...pullRequestList(message, ''), ...notPassedOn(message, context), goOn(context));
  }
  return withText(
    [opening],
    message.text,
    [...pullRequestList(message, message.text), ...notPassedOn(message, context), goOn(context)],
    message,
    context,
  );
}

function failed(message: Extract<ResultMessage, { kind: 'result.failed' }>, context: MessageContext): DocumentNode {
  const { why, next } = failureWords(message.reason, message.details);
  const opening = addressed(message.person, `OpenHands ended without a result: ${why} ${next}`);
  const closing = [
    ...pullRequestList(message, message.text ?? ''),
    ...notPassedOn(message, context),
    paragraph('To try again, comment with ', command(context, 'retry'), '. ', ...readMore(message, 'See also ', '.')),
    paragraph(emphasis('Reason: '), code(message.reason), ', ', link('details', context.links.job(message.jobId))),
  ];
  if (message.text === null || message.text.trim() === '') return doc(opening, ...closing);
  return withText([opening, paragraph('The last words of the agent:')], message.text, closing, message, context);
}

function cancelled(
  message: Extract<ResultMessage, { kind: 'result.cancelled' }>,
  context: MessageContext,
): DocumentNode {
  return doc(
    addressed(message.person, `${cancelWords(message.reason, message.by)} `, ...whatRemains(message.branch)),
    ...pullRequestList(message, ''),
    ...notPassedOn(message, context),
    paragraph('To start again, comment with ', command(context, 'retry'), '. ', ...readMore(message, 'See also ', '.')),
  );
}

function cancelWords(reason: JobCancelReason, by: string | null): string {
  const person = by ?? 'somebody';
  switch (reason) {
    case 'stopped_by_person':
      return `the job was stopped by ${person}.`;
    case 'comment_deleted':
      return 'the job was stopped because the comment that asked for it was deleted.';
    case 'issue_deleted':
      return 'the job was stopped because its issue was deleted.';
    case 'connection_removed':
      return 'the job was stopped because the connection to this Jira was removed.';
    case 'replaced':
      return 'the job was stopped because a newer one took its place.';
    case 'stopped_at_agent':
      return 'the job was stopped in the agent itself, not from this issue.';
  }
}

function whatRemains(branch: string | null): (InlineNode | string)[] {
  if (branch === null) return ['Whatever was pushed until then is kept.'];
  return ['Whatever was pushed until then is kept on the branch ', code(branch), '.'];
}

/** The agent's text between our lines. When it is too long, it is cut and the link leads to the whole. */
function withText(
  opening: BlockNode[],
  text: string,
  closing: BlockNode[],
  message: ResultMessage,
  context: MessageContext,
): DocumentNode {
  const { document, cut } = readMarkdown(text, context.token);
  const notice = cutNotice(message, context);
  const words = cut ? [...document.content, notice] : document.content;
  const from = opening.length;
  return {
    type: 'document',
    content: [...opening, ...words, ...closing],
    excerpt: { from, to: from + words.length, notice },
  };
}

function cutNotice(message: ResultMessage, context: MessageContext): ParagraphNode {
  const url = message.conversationUrl ?? context.links.job(message.jobId);
  return paragraph(
    emphasis('This text was cut because it is too long for a comment. '),
    link('Read the full text', url),
    '.',
  );
}

/** Pull requests that the text does not show already. */
function pullRequestList(message: ResultFacts, text: string): BlockNode[] {
  const missing = message.pullRequests.filter((url) => !text.includes(url));
  if (missing.length === 0) return [];
  return [bulletList(...missing.map((url) => line('Pull request: ', link(url, url))))];
}

/** Nobody may believe that the agent heard them when it did not. Third persons are named, not called. */
function notPassedOn(message: ResultFacts, context: MessageContext): BlockNode[] {
  const names = [...new Set(message.notPassedOn)];
  if (names.length === 0) return [];
  const words = `Not passed on to the agent: words of ${listed(names)}, which came too late or did not reach it. `;
  return [paragraph(words, 'If they still matter, comment again with ', command(context), '.')];
}

/** "Ann", "Ann and Bob", "Ann, Bob and Cleo" */
function listed(names: string[]): string {
  if (names.length === 1) return names[0]!;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

function readMore(message: ResultFacts, before: string, after: string): (InlineNode | string)[] {
  if (message.conversationUrl === null) return [];
  return [before, link('the conversation', message.conversationUrl), after];
}

function goOn(context: MessageContext): ParagraphNode {
  return paragraph(
    'To answer or to go on, comment with ',
    command(context),
    ' and your words. To begin anew: ',
    command(context, 'new:'),
    ' and your words.',
  );
}
