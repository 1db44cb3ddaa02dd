import type { Message } from '@openhands-jira/domain';

/**
 * Edits of one status comment (conversation.md, section 1): everybody who reads the issue has them in its history. The last one
 * is kept for the end of the job, and the one before for a question.
 */
const MOST_EDITS = 5;
const FOR_STATES = MOST_EDITS - 2;

/** True while a comment that was edited so often may be edited for a further state of its job. */
export function hasEditsForStates({ edits }: { edits: number }): boolean {
  return edits < FOR_STATES;
}

/** True when a comment that was edited so often may be edited to say this. */
export function mayBeEdited({ edits }: { edits: number }, message: Message): boolean {
  if (!isPassing(message)) return true;
  return message.kind === 'status.needs_input' ? edits < MOST_EDITS - 1 : edits < FOR_STATES;
}

/** True for states of a job that another state will follow. */
export function isPassing(message: Message): boolean {
  return message.kind.startsWith('status.') && message.kind !== 'status.done';
}
