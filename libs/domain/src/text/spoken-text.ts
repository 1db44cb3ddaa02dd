/**
 * One door for all texts of Jira: wiki markup, ADF documents and plain text become a `MarkedText`, in which what the
 * author says is told apart from code, quotes and addresses. Takes time proportional to the length of the text,
 * whatever the text is: it runs on what strangers write, while Jira waits.
 */
import { readAdfText, someTextInJson } from './adf-text.js';
import { MarkedText, withPlainLineEnds } from './marked-text.js';
import { markAddresses } from './wiki-links.js';
import { readWikiText } from './wiki-text.js';

/** How a text is written. A summary is `plain`. */
export type TextFormat = 'wiki' | 'adf' | 'plain';

/** Reads a text. What has not the form that the format promises (no string, no document) is an empty text. */
export function readText(body: unknown, format: TextFormat): MarkedText {
  if (format === 'adf') return readAdfText(body);
  const text = typeof body === 'string' ? body : '';
  return format === 'wiki' ? readWikiText(text) : readPlainText(text);
}

function readPlainText(text: string): MarkedText {
  const marked = new MarkedText(withPlainLineEnds(text));
  markAddresses(marked);
  return marked;
}

/** Whether some text in the raw body fits, whatever it is part of. */
export function rawBodyHas(body: unknown, format: TextFormat, fits: (text: string) => boolean): boolean {
  if (format === 'adf') return someTextInJson(body, fits);
  return typeof body === 'string' && fits(body);
}
