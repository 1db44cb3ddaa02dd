/**
 * What every message needs besides its own data: how this installation is addressed, and where its pages are.
 *
 * A message is stored as JSON when it is decided and rendered when it is posted. Things that an operator may change in
 * between (the token, the public address) are therefore not in the message but in this context.
 */
import { code, link, mention, paragraph, type InlineNode, type MentionNode, type ParagraphNode } from './document.js';

export interface MessageContext {
  /** The text that addresses us, `@openhands` unless configured otherwise. Always written as inline code. */
  token: string;
  /** The label that addresses us, `openhands` unless configured otherwise. */
  label: string;
  links: MessageLinks;
}

/** Pages of this installation. */
export interface MessageLinks {
  /** Where people sign up and sign in. */
  home: string;
  /** Where people connect their Jira accounts. */
  settings: string;
  /** Where people connect further git accounts, and set their own key for the agent. */
  account: string;
  /** What was decided about one delivery, and why. */
  decision(deliveryId: string): string;
  job(jobId: string): string;
}

/** The pages below the public address of the installation. */
export function messageLinks(publicUrl: string): MessageLinks {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    home: base,
    settings: `${base}/settings/integrations`,
    account: `${base}/account`,
    decision: (deliveryId) => `${base}/deliveries/${encodeURIComponent(deliveryId)}`,
    job: (jobId) => `${base}/jobs/${encodeURIComponent(jobId)}`,
  };
}

/** A person as Jira names them, as far as a message needs it. `JiraActor` fits, but store only these three fields. */
export interface MessagePerson {
  /** `accountId` on Cloud, `key` on Data Center. */
  id: string;
  /** Data Center user name. */
  name?: string;
  displayName: string;
}

/** Calls a person, who gets a notification. Only for link requests, questions and results. */
export function mentionOf(person: MessagePerson): MentionNode {
  return mention(person);
}

/** "Ann, the text": the person is called and the text follows, so it begins in small letters. */
export function addressed(person: MessagePerson, ...content: (InlineNode | string)[]): ParagraphNode {
  if (person.id !== '') return paragraph(mentionOf(person), ', ', ...content);
  const [first, ...rest] = content;
  return paragraph(...(typeof first === 'string' ? [capital(first), ...rest] : content));
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** Our address with words behind it, as people have to type it: `@openhands stop`. */
export function command(context: MessageContext, words = ''): InlineNode {
  return code(words === '' ? context.token : `${context.token} ${words}`);
}

export function settingsLink(context: MessageContext): InlineNode {
  return link('Settings > Integrations', context.links.settings);
}

/** Times in comments are UTC, because readers of one issue sit in many time zones. */
export function clockTime(iso: string): string {
  return `${new Date(iso).toISOString().slice(11, 16)} UTC`;
}

/** "1 minute", "2 hours 5 minutes": rounded, never "0". */
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return 'less than a minute';
  const hours = Math.floor(minutes / 60);
  const parts = [count(hours, 'hour'), count(minutes % 60, 'minute')];
  return parts.filter((part) => part !== '').join(' ');
}

function count(number: number, unit: string): string {
  if (number === 0) return '';
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}

/** "a", "a and b", "a, b and c", each as inline code. */
export function codeList(values: string[]): InlineNode[] {
  return values.flatMap((value, index): InlineNode[] => {
    if (index === 0) return [code(value)];
    return [{ type: 'text', text: index === values.length - 1 ? ' and ' : ', ' }, code(value)];
  });
}
