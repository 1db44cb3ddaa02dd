import type { OutgoingAnswer } from './outgoing.js';

/** True when a web page came where an answer of an API was expected: a login page, or something in between. */
export function isWebPage(answer: Pick<OutgoingAnswer, 'headers' | 'text'>): boolean {
  return /^text\/html\b/i.test(answer.headers['content-type'] ?? '') || /^\s*<(?:!doctype|html)/i.test(answer.text.slice(0, 200));
}
