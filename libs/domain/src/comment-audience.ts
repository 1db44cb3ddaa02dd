/**
 * Who may read a comment, and what follows from it.
 *
 * A comment may be restricted to a role or a group, and on a service project it may be an internal note. Our answers have
 * the same readers as the request (conversation.md, section 1), and what was said in a closed circle must not come back in
 * an answer that more people read. Whatever cannot be compared or copied counts as closed.
 */

export interface CommentAudience {
  /**
   * Jira's own restriction: a role or a group. `unknown`: there is a restriction of a kind that we do not know, so nothing
   * can be written for the same readers.
   */
  visibility: { type: 'role' | 'group' | 'unknown'; value: string; identifier?: string } | null;
  /** An internal note on a service project (`jsdPublic: false`). */
  internal: boolean;
}

/** True when an answer can be given the same readers. */
export function canBeCopied({ visibility }: CommentAudience): boolean {
  return visibility?.type !== 'unknown';
}

/** True when both are read by exactly the same people, as far as Jira tells. */
export function haveSameReaders(a: CommentAudience, b: CommentAudience): boolean {
  return mayReach(a, b) && mayReach(b, a);
}

/** True when what was said to some readers may come back in answers to these: everybody who reads the answers could read it. */
export function mayReach(answers: CommentAudience, said: CommentAudience): boolean {
  return isOpenTo(answers, said.visibility) && (!said.internal || answers.internal);
}

function isOpenTo(answers: CommentAudience, said: CommentAudience['visibility']): boolean {
  if (said === null) return true;
  return said.type !== 'unknown' && said.type === answers.visibility?.type && said.value === answers.visibility.value;
}
