// The words and ports that all rooms share.
export * from './issue-event.js';
export * from './comment-audience.js';
export * from './jira.js';

// Comments: documents, their two markups, and the catalogue of messages.
export * from './comment/document.js';
export { toAdf, type AdfDocument, type AdfMark, type AdfNode } from './comment/adf.js';
export { toWikiMarkup } from './comment/wiki-markup.js';
export { readMarkdown, type ReadMarkdown } from './comment/markdown.js';
export { wikiToText, type NameOf } from './comment/plain-text.js';
export { renderMessage, type Message, type MessageKind } from './comment/messages.js';
export { messageLinks, type MessageContext, type MessageLinks, type MessagePerson } from './comment/message-context.js';
export type {
  MessageRepository,
  QueueLimit,
  StatusFacts,
  StatusMessage,
  StatusNote,
} from './comment/message-status.js';
export type { ResultMessage } from './comment/message-result.js';
export type { RefusalMessage, ToldRefusal } from './comment/message-refusal.js';
export type { CheckLine, CommandMessage, FailureMessage } from './comment/message-command.js';
export { failureWords, type FailureDetails, type FailureWords } from './comment/failure-words.js';
export { REASON_TEXTS, type InIssue, type ReasonText } from './comment/reasons.js';

// Jobs: what the agent is told, and how its states are read.
export {
  earlierComments,
  followUpPrompt,
  jobPrompt,
  jobTitle,
  MAX_EARLIER_COMMENTS,
  systemSuffix,
  type PromptFacts,
} from './prompt.js';
export { pullRequestUrls, type PullRequestHost } from './pull-requests.js';
export {
  canBecome,
  failureOfError,
  isTerminal,
  readAgentState,
  type AgentDecision,
  type AgentReading,
  type EventsVerdict,
  type JobMark,
} from './job-state.js';

// Readers for pieces of Jira's payloads, shared by both products.
export * from './payload-reading.js';
export * from './event-reading.js';
export * from './rest-reading.js';
export * from './recent-issues.js';
export * from './missed-events.js';

// The decision about a delivery: does it address us, what does it ask for, in which repository.
export * from './trigger.js';
export * from './mention.js';
export * from './label.js';
export * from './command.js';
export * from './repository-reference.js';
export * from './default-repository.js';
export * from './rules.js';
export * from './signature.js';
export * from './slices.js';
export * from './site-name.js';
export type { KnownHosts } from './git-address.js';
