/**
 * The catalogue of everything we say in an issue.
 *
 * A message is plain data: a kind such as `status.working` or `refusal.repo_missing`, and what that kind needs to know.
 * It is stored as JSON when it is decided and becomes a document when it is posted. Every sentence that people read in
 * Jira is in the `message-*.ts` files beside this one (and `failure-words.ts`), nowhere else.
 */
import type { DocumentNode } from './document.js';
import { renderCommand, renderFailure, type CommandMessage, type FailureMessage } from './message-command.js';
import type { MessageContext } from './message-context.js';
import { renderRefusal, type RefusalMessage } from './message-refusal.js';
import { renderResult, type ResultMessage } from './message-result.js';
import { renderStatus, type StatusMessage } from './message-status.js';
import { withoutLiveAddresses } from './own-address.js';

/** Anything we say in an issue. JSON-serialisable. */
export type Message = StatusMessage | ResultMessage | RefusalMessage | CommandMessage | FailureMessage;

export type MessageKind = Message['kind'];

/** The document of a message. Our own address appears in it as code only, whatever the data contains. */
export function renderMessage(message: Message, context: MessageContext): DocumentNode {
  return withoutLiveAddresses(documentOf(message, context), context.token);
}

function documentOf(message: Message, context: MessageContext): DocumentNode {
  switch (message.kind) {
    case 'status.working':
    case 'status.queued':
    case 'status.needs_input':
    case 'status.done':
      return renderStatus(message, context);
    case 'result.succeeded':
    case 'result.failed':
    case 'result.cancelled':
      return renderResult(message, context);
    case 'command.help':
    case 'command.check':
    case 'command.link':
      return renderCommand(message, context);
    case 'failure.internal':
      return renderFailure(message);
    default:
      return renderRefusal(message, context);
  }
}
