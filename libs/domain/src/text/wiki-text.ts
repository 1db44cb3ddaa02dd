/**
 * Reads Jira's wiki markup, the form of every webhook body and of REST v2 on both products.
 */
import { MarkedText, withPlainLineEnds } from './marked-text.js';
import { markCode } from './wiki-code.js';
import { markEmphasis } from './wiki-emphasis.js';
import { markAddresses, markLinks, markMacros, markPickers } from './wiki-links.js';
import { markQuotes, markStruckOut } from './wiki-quotes.js';

/** The order matters: what an earlier step set aside is a blank for the later ones. */
export function readWikiText(body: string): MarkedText {
  const marked = new MarkedText(withPlainLineEnds(body));
  markCode(marked);
  markQuotes(marked);
  markStruckOut(marked);
  markLinks(marked);
  markAddresses(marked);
  markPickers(marked);
  markMacros(marked);
  markEmphasis(marked);
  return marked;
}
